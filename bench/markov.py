"""ChannelAttribution on the paths of the warehouse, and how far its shares are from the exact ones."""

import os
import sys
import time
from pathlib import Path

import duckdb

from orchestration.settings import PROJECT_DIR, Settings

ORDERS = (1, 3)
# The type with most conversions, all that ChannelAttribution is given; the models do every type in their time.
CONVERSION_TYPE = "lead"


def models_exist() -> bool:
    """Whether the project has the Markov models; says so where it has not."""
    found = any((PROJECT_DIR / "dbt_project" / "models").rglob("int_markov_effects.*"))
    if not found:
        print("There are no models int_markov_transitions and int_markov_effects: skipped", file=sys.stderr)
    return found


def write_paths(settings: Settings, target: Path) -> None:
    """Path as text, and how many such paths converted or did not, as docs/definitions.md says."""
    everywhere = settings.var("attribution_lookback_days")
    hours = 24 * settings.var("attribution_lookback_days_by_type").get(CONVERSION_TYPE, everywhere)
    keeps_direct = settings.var("direct_touch_policy") == "keep"
    with duckdb.connect(config={"temp_directory": str(target.with_suffix(".tmp"))}) as connection:
        connection.execute(f"attach '{settings.warehouse}' as warehouse (read_only)")
        connection.execute(f"""
            copy (
                with
                touches as (
                    select * from warehouse.intermediate.int_touchpoints
                ),
                converting as (
                    select conversion_id as path_id, true as converts, source, occurred_at, touchpoint_id
                    from (
                        select conversion_id, touchpoint_id, source from warehouse.marts.fct_attribution
                        where conversion_type = '{CONVERSION_TYPE}'
                    )
                    inner join (select touchpoint_id, occurred_at from touches) using (touchpoint_id)
                ),
                missed_touches as (
                    select touches.*
                    from touches
                    inner join (select person_id, max(occurred_at) as last_at from touches group by person_id) as ends
                        on touches.person_id = ends.person_id and occurred_at >= last_at - interval {hours} hours
                    where touches.person_id not in (
                        select person_id from warehouse.intermediate.int_conversions
                        where conversion_type = '{CONVERSION_TYPE}' and person_id is not null
                    )
                ),
                missed as (
                    select person_id as path_id, false as converts, source, occurred_at, touchpoint_id
                    from missed_touches
                    inner join (
                        select person_id, bool_and(is_direct) as is_all_direct from missed_touches group by person_id
                    ) using (person_id)
                    where not is_direct or is_all_direct or {keeps_direct}
                ),
                paths as (
                    select converts, string_agg(source, '>' order by occurred_at, touchpoint_id) as path
                    from (select * from converting union all select * from missed)
                    group by path_id, converts
                )
                select
                    path,
                    count(*) filter (converts)::double as conversions,
                    count(*) filter (not converts)::double as nulls
                from paths
                group by path
            ) to '{target}' (format parquet)""")


def run_peer(paths: Path, order: int, target: Path) -> dict[str, float]:
    """Share of each source by ChannelAttribution; `step_seconds` is its own work alone."""
    from ChannelAttribution import markov_model

    data = duckdb.sql(f"select * from '{paths}'").df()
    start = time.perf_counter()
    options = {"var_null": "nulls", "order": order, "sep": ">", "ncore": os.cpu_count()}
    options |= {"verbose": False, "flg_pro": False}
    shares = markov_model(data, "path", "conversions", **options)  # noqa: F841 - DuckDB reads it by its name
    seconds = time.perf_counter() - start
    duckdb.sql(f"""
        copy (
            select channel_name as source, total_conversions / sum(total_conversions) over () as share from shares
        ) to '{target}' (format parquet)""")
    return {"step_seconds": seconds}


def difference(settings: Settings, peer: Path) -> float:
    """The largest difference between a source's exact share and ChannelAttribution's."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.warehouse}' as warehouse (read_only)")
        return connection.execute(f"""
            select max(abs(exact_share - coalesce(share, 0)))
            from (
                select source, removal_effect / sum(removal_effect) over () as exact_share
                from warehouse.intermediate.int_markov_effects
                where conversion_type = '{CONVERSION_TYPE}'
            )
            left join '{peer}' using (source)""").fetchall()[0][0]
