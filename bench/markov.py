"""ChannelAttribution on the touches of the warehouse, and how far its shares are from the exact ones.

Both scenarios do the same work: from touches and conversions to the effects of all types. ChannelAttribution reads
paths as text with their number of conversions; DuckDB prepares them, as a user of that package would.
"""

import os
import sys
import time
from pathlib import Path

import duckdb

from orchestration.config.settings import PROJECT_DIR, Settings

ORDERS = (1, 3)
# Touches above which ChannelAttribution needs more memory than a laptop has.
LARGEST = 10_000_000
TYPES = ("lead", "mql", "sql", "opportunity", "customer")
DEAL_TYPES = TYPES[3:]
# The type with most conversions; its shares are compared.
COMPARED = "lead"


def models_exist() -> bool:
    """Whether the project has the Markov models; prints a message if not."""
    found = any((PROJECT_DIR / "dbt_project" / "models").rglob("int_markov_effects.*"))
    if not found:
        print("There are no models int_markov_transitions and int_markov_effects: skipped", file=sys.stderr)
    return found


def write_paths(settings: Settings, conversion_type: str, target: Path) -> None:
    """Path as text, and how many such paths converted or did not, as docs/definitions.md says."""
    everywhere = settings.var("attribution_lookback_days")
    hours = 24 * settings.var("attribution_lookback_days_by_type").get(conversion_type, everywhere)
    keeps_direct = settings.var("direct_touch_policy") == "keep"
    if conversion_type in DEAL_TYPES and settings.var("attribution_unit") == "account":
        other_units = "unit_id in (select person_id from warehouse.intermediate.int_person_accounts)"
    else:
        other_units = "unit_id like 'company:%'"
    with duckdb.connect(config={"temp_directory": str(target.with_suffix(".tmp"))}) as connection:
        connection.execute(f"attach '{settings.warehouse}' as warehouse (read_only)")
        connection.execute(f"""
            copy (
                with
                converting as (
                    select conversion_id as path_id, true as converts, source, occurred_at, touchpoint_id
                    from (
                        select conversion_id, touchpoint_id, source from warehouse.marts.fct_attribution
                        where conversion_type = '{conversion_type}'
                    )
                    -- A conversion without a touch is a path of one step, of the CRM's source.
                    left join (
                        select touchpoint_id, occurred_at from warehouse.intermediate.int_identified_touchpoints
                    ) using (touchpoint_id)
                ),
                converted as (
                    select person_id as unit_id from warehouse.intermediate.int_conversions
                    where conversion_type = '{conversion_type}'
                    union
                    select 'company:' || account_id as unit_id from warehouse.intermediate.int_conversions
                    where conversion_type = '{conversion_type}'
                ),
                touches as (
                    select * from warehouse.intermediate.int_path_unit_touchpoints
                    where not {other_units} and unit_id not in (select unit_id from converted where unit_id is not null)
                ),
                missed_touches as (
                    select touches.*
                    from touches
                    inner join (select unit_id, max(occurred_at) as last_at from touches group by unit_id) as ends
                        on touches.unit_id = ends.unit_id and occurred_at >= last_at - interval {hours} hours
                ),
                missed as (
                    select unit_id as path_id, false as converts, source, occurred_at, touchpoint_id
                    from missed_touches
                    inner join (
                        select unit_id, bool_and(is_direct) as is_all_direct from missed_touches group by unit_id
                    ) using (unit_id)
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


def run_peer(settings: Settings, order: int, target: Path) -> dict[str, float]:
    """Writes the share of each source by ChannelAttribution; `own_seconds` excludes the preparation of paths."""
    from ChannelAttribution import markov_model

    own_seconds = 0.0
    for conversion_type in TYPES:
        paths = target.with_suffix(".paths")
        write_paths(settings, conversion_type, paths)
        data = duckdb.sql(f"select * from read_parquet('{paths}')").df()
        start = time.perf_counter()
        options = {"var_null": "nulls", "order": order, "sep": ">", "ncore": os.cpu_count()}
        options |= {"verbose": False, "flg_pro": False}
        shares = markov_model(data, "path", "conversions", **options)  # noqa: F841 - DuckDB reads it by its name
        own_seconds += time.perf_counter() - start
        if conversion_type == COMPARED:
            duckdb.sql(f"""
                copy (
                    select channel_name as source, total_conversions / sum(total_conversions) over () as share
                    from shares
                ) to '{target}' (format parquet)""")
    return {"own_seconds": own_seconds}


def difference(settings: Settings, peer: Path) -> float:
    """The largest difference between a source's exact share and ChannelAttribution's."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.warehouse}' as warehouse (read_only)")
        return connection.execute(f"""
            select max(abs(exact_share - coalesce(share, 0)))
            from (
                select source, removal_effect / sum(removal_effect) over () as exact_share
                from warehouse.intermediate.int_markov_effects
                where conversion_type = '{COMPARED}'
            )
            left join '{peer}' using (source)""").fetchall()[0][0]
