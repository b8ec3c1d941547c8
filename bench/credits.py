"""The rule models written by hand in one query, to compare the dbt models with; credits_polars.py is the same.

Both read int_touchpoints, int_conversions and int_conversion_persons, and return the rows of fct_attribution. A path
has at most two groups of touches, direct and other: one GROUP BY of narrow rows gives the first and last touch of each
group, and only the group that counts is joined back to its touches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.config.settings import Settings

TABLES = {
    "int_touchpoints": "touchpoint_id, person_id, source, campaign, is_direct, occurred_at",
    "int_conversions": "*",
    "int_conversion_persons": "*",
}
# Role -> the conversion's column at or before which the role's touch is the last one.
MILESTONES = {"lead_creation": "lead_created_at", "opportunity_creation": "opportunity_created_at"}
ROLES = ("first", "lead_creation", "opportunity_creation", "last")
TOLERANCE = 1e-9


@dataclass(frozen=True)
class RuleModel:
    """An entry of the var `attribution_models`."""

    name: str
    weights: dict[str, float]
    middle: float


def rule_models(settings: Settings) -> list[RuleModel]:
    """The models of the var, without roles of weight 0."""
    found = []
    for name, entry in settings.var("attribution_models").items():
        weights = {role: float(entry[role]) for role in ROLES if entry.get(role)}
        found.append(RuleModel(name, weights, float(entry.get("middle", 0))))
    return found


def sql(settings: Settings, schema: str = "warehouse.intermediate", key: str = "rowid") -> str:
    """The whole fact in one query; `key` identifies a conversion, by DuckDB's number of its row where there is one."""
    models = rule_models(settings)
    direct = "is_direct" if settings.var("direct_touch_policy") == "last_resort" else "false"
    half_life = settings.var("time_decay_half_life_days")
    join = f"""
        select
            windows.* exclude (person_id),
            touches.touchpoint_id,
            touches.source,
            touches.campaign,
            touches.occurred_at,
            {direct} as is_direct,
            power(0.5::double, datediff('microsecond', occurred_at, conversion_at) / 86400e6 / {half_life}) as decay
        from windows
        inner join {schema}.int_touchpoints as touches
            on windows.person_id = touches.person_id and occurred_at between window_starts_at and conversion_at"""
    moment = "struct_pack(at := occurred_at, id := touchpoint_id)"
    milestones = [
        f"max({moment}) filter (occurred_at <= {moment_at}) as {role}" for role, moment_at in MILESTONES.items()
    ]
    totals = ", ".join(f"{_middle_count(m)} as middle_{m.name}, {_role_weight(m)} as role_{m.name}" for m in models)
    flags = ", ".join(f"coalesce({moment} = {role}, false)::int as is_{role}" for role in ROLES)
    return f"""
        with
        windows as (
            select
                persons.person_id, conversions.{key} as conversion, window_starts_at, conversion_at,
                lead_created_at, opportunity_created_at
            from {schema}.int_conversion_persons as persons
            inner join {schema}.int_conversions as conversions
                on persons.conversion_id = conversions.conversion_id
        ),
        in_window as ({join}),
        groups as (
            select
                conversion, is_direct, count(*) as touches, sum(decay) as decay_sum,
                min({moment}) as first, max({moment}) as last, {", ".join(milestones)}
            from in_window
            group by conversion, is_direct
        ),
        paths as (
            select *, {totals}
            from groups
            where
                not is_direct
                or not exists (
                    select 1 from groups as other where not other.is_direct and other.conversion = groups.conversion
                )
        ),
        credited as (
            select
                in_window.conversion, touchpoint_id, source, campaign, paths.* exclude (conversion, is_direct), decay,
                {flags}
            from in_window
            inner join paths on in_window.conversion = paths.conversion and in_window.is_direct = paths.is_direct
        )
        select
            conversions.conversion_id,
            credited.touchpoint_id,
            conversions.conversion_type,
            conversions.conversion_at,
            credited.source,
            credited.campaign,
            conversions.value,
            {", ".join(f"{_credit(model)} as credit_{model.name}" for model in models)},
            decay / decay_sum as credit_time_decay
        from credited
        inner join {schema}.int_conversions as conversions on credited.conversion = conversions.{key}
        union all
        select
            conversion_id, 'crm:' || conversion_id, conversion_type, conversion_at, crm_source, null, value,
            {", ".join("1" for _ in models)}, 1
        from {schema}.int_conversions as conversions
        where not exists (select 1 from paths where paths.conversion = conversions.{key})"""


def _middle_count(model: RuleModel) -> str:
    """Number of touches of a path without a role of the model; one touch may have several roles."""
    roles = list(model.weights)
    held = [
        f"({role} is not null{''.join(f' and {role} is distinct from {other}' for other in roles[:at])})::int"
        for at, role in enumerate(roles)
    ]
    return " - ".join(["touches", *held])


def _role_weight(model: RuleModel) -> str:
    return " + ".join(["0.0::double", *(f"({role} is not null)::int * {w}" for role, w in model.weights.items())])


def _credit(model: RuleModel) -> str:
    own = " + ".join(["0.0::double", *(f"is_{role} * {weight}" for role, weight in model.weights.items())])
    total = f"(role_{model.name} + (middle_{model.name} > 0)::int * {model.middle})"
    return f"""case
        when {total} = 0 then 1.0::double / touches
        when {own} > 0 then ({own}) / {total}
        when middle_{model.name} > 0 then {model.middle}::double / middle_{model.name} / {total}
        else 0 end"""


def copy_tables(settings: Settings, folder: Path) -> None:
    """The tables as Parquet files, for polars."""
    folder.mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.warehouse}' as warehouse (read_only)")
        for table, columns in TABLES.items():
            query = f"select {columns} from warehouse.intermediate.{table}"
            connection.execute(f"copy ({query}) to '{folder / table}.parquet' (format parquet)")


def difference(
    fetch: Callable[[str], list[Any]], settings: Settings, other: str, fact: str = "warehouse.marts.fct_attribution"
) -> float:
    """The largest difference between a credit of fct_attribution and of another relation; `fetch` runs a query.

    Raises ValueError where a row is missing on one side, or a source, campaign or credit is not the same.
    """
    names = [f"credit_{model.name}" for model in rule_models(settings)] + ["credit_time_decay"]
    gaps = ", ".join(f"max(abs(fact.{name} - other.{name}))" for name in names)
    different_rows, largest = fetch(f"""
        select
            count(*) filter (
                fact.conversion_id is null or other.conversion_id is null
                or fact.source is distinct from other.source or fact.campaign is distinct from other.campaign
            ),
            greatest({gaps})
        from {fact} as fact
        full join {other} as other
            on fact.conversion_id = other.conversion_id and fact.touchpoint_id = other.touchpoint_id
    """)[0]
    if different_rows or largest > TOLERANCE:
        raise ValueError(f"{other} is not fct_attribution: {different_rows} rows differ, credits by up to {largest}")
    return largest
