"""The checks people rely on, shown on the mart each speaks of.

Figures, thresholds, verdicts and severities are computed by dbt in `marts.check_results`; here they are read from the
release and shown with the rows that explain them. Computing a figure does not belong here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from orchestration.config.settings import Settings

RELEASE = dg.AssetKey("release")
SHOWN_ROWS = 20


@dataclass(frozen=True)
class Check:
    """One promised check: the mart it is shown on, what it asks, and the query that lists the offenders.

    In the query, a name in braces is a dbt var, one of VARIABLES.
    """

    name: str
    mart: str
    asks: str
    offenders: str


CHECKS = (
    Check(
        "lead_source_coverage",
        "tracking_coverage",
        "Do we know where our leads come from? Fails when too many leads of the window have no clear source: tracking"
        " is broken, and every figure by source is a guess. The table shows where the unclear leads come in.",
        "select dimension, value, leads, unclear_leads, round(unclear_share, 4) as unclear_share"
        " from marts.tracking_coverage where unclear_leads > 0"
        " and window_end = (select max(window_end) from marts.tracking_coverage)"
        " order by dimension <> 'all', unclear_leads desc, dimension, value",
    ),
    Check(
        "pipeline_concentration",
        "pipeline_concentration",
        "Does the pipeline hang on one source? Fails when a single source brings most of the pipeline of the window:"
        " losing it would hurt. The table shows each source's share.",
        "select source, pipeline, round(pipeline_share, 4) as pipeline_share, round(herfindahl, 4) as herfindahl"
        " from marts.pipeline_concentration"
        " where window_end = (select max(window_end) from marts.pipeline_concentration)"
        " order by pipeline_share desc nulls last, source",
    ),
    Check(
        "spend_conserved",
        "fct_investment_daily",
        "Is all the spend that came in still there? Fails when the spend in the reports differs from the spend in the"
        " exports, as it does where a currency has no exchange rate. The table shows the spend that waits for a rate,"
        " then what the reports hold per source.",
        "select * from ("
        "select 'no exchange rate' as source, entity as cost_type, original_currency as currency,"
        " count(*) as amounts, sum(original_amount) as amount from marts.quarantined_amounts"
        " where entity in ('ad_spend', 'costs') group by entity, original_currency"
        " union all select source, cost_type, 'reporting', count(*), sum(amount) from marts.fct_investment_daily"
        " group by source, cost_type)"
        " order by currency = 'reporting', amount desc nulls last, source, cost_type, currency",
    ),
    Check(
        "credit_conserved",
        "fct_attribution",
        "Is every conversion credited exactly once? Fails when the credits of a conversion do not sum to 1 under some"
        " attribution model. The table shows such conversions.",
        "",  # The columns are those the models declare: see _credit_offenders.
    ),
    Check(
        "rows_conserved",
        "load_ledger",
        "Did every row we read end up somewhere? Fails when a file's rows are neither accepted nor rejected. The table"
        " shows such files.",
        "select feed, entity, file, rows_read, rows_accepted, rows_rejected from marts.load_ledger"
        " where rows_read <> rows_accepted + rows_rejected order by feed, entity, file",
    ),
    Check(
        "rejected_share",
        "rejected_rows",
        "Did the exports change shape? Fails when too many rows of a file could not be used: something upstream"
        " changed. The table shows the files with rejected rows, worst first.",
        "select feed, entity, file, rows_read, rows_rejected,"
        " round(rows_rejected / nullif(rows_read, 0), 4) as rejected_share from marts.load_ledger"
        " where rows_rejected > 0 order by rejected_share desc nulls last, feed, entity, file",
    ),
    Check(
        "sla_compliance",
        "sla_compliance",
        "Do we answer leads as fast as we promise? Fails when too many leads of the window waited longer than their"
        " source type is promised, or wait still. The table shows where they wait, by"
        " source type and by the team they are routed to.",
        "select dimension, value, leads, missed, unanswered, round(missed_share, 4) as missed_share,"
        " round(median_first_response_minutes) as median_first_response_minutes from marts.sla_compliance"
        " where missed > 0 and window_end = (select max(window_end) from marts.sla_compliance)"
        " order by dimension <> 'all', dimension, missed desc, value",
    ),
    Check(
        "ltv_cac_floor",
        "fct_source_cac_ltv",
        "Is every source with enough customers worth what it costs? Fails when a customer of one of them brings less"
        " than three times what it cost to win. The table shows the sources under that, worst first;"
        " source_performance_quarterly says what to do about each.",
        "select source, investment, round(customers, 1) as customers, round(cac) as cac,"
        " round(projected_ltv) as projected_ltv, round(ltv_cac_ratio, 2) as ltv_cac_ratio,"
        " round(ltv_cac_low, 2) as ltv_cac_low, round(ltv_cac_high, 2) as ltv_cac_high from marts.fct_source_cac_ltv"
        " where attribution_model = '{default_attribution_model}' and customers >= {ltv_cac_min_customers}"
        " and ltv_cac_ratio < {ltv_cac_healthy} order by fct_source_cac_ltv.ltv_cac_ratio, source",
    ),
    Check(
        "portfolio_balance",
        "portfolio_balance",
        "Is the money spread over what works, what grows and what is tried? Fails when core, growing or experimental"
        " sources have much more or less of the investment than 70, 20 and 10 percent. The table shows what each class"
        " has, newest quarter first.",
        "select quarter, portfolio_class, sources, round(investment_share, 3) as investment_share,"
        " round(lead_share, 3) as lead_share, target_share from marts.portfolio_balance"
        " order by quarter desc, target_share desc, portfolio_class",
    ),
    Check(
        "new_source_each_quarter",
        "source_portfolio",
        "Do we try something new every quarter? Fails when the last whole quarter, and the one that runs, brought no"
        " new source. The table shows what was new, newest quarter first.",
        "select quarter, string_agg(source, ', ' order by source) filter (is_new_source) as new_sources"
        " from marts.source_portfolio group by quarter order by quarter desc",
    ),
    Check(
        "feed_volume",
        "feed_volume",
        "Does every feed bring as much as usual? Fails when a day of the last week has far more or fewer rows than the"
        " same weekday had in the weeks before: an export is cut short or doubled. The table shows such days.",
        "select feed, entity, date, row_count, usual_rows, round(robust_z_score, 1) as z_score from marts.feed_volume"
        " where robust_z_score > {feed_volume_max_z_score} order by robust_z_score desc, feed, entity, date",
    ),
    Check(
        "feed_freshness",
        "feed_freshness",
        "Does every feed still come? Fails when one has brought nothing for longer than twice its usual gap: its export"
        " has stopped, or its folder has another name now. The table shows which, the longest silent first.",
        "select feed, entity, newest_load_on, staleness_days, usual_gap_days from marts.feed_freshness"
        " where staleness_ratio > {feed_freshness_max_staleness} order by staleness_ratio desc, feed, entity",
    ),
)

# The vars that offenders are looked up with.
VARIABLES = (
    "credit_tolerance",
    "default_attribution_model",
    "ltv_cac_healthy",
    "ltv_cac_min_customers",
    "feed_volume_max_z_score",
    "feed_freshness_max_staleness",
)


def build_checks(settings: Settings) -> dg.AssetChecksDefinition:
    """The promised checks as one step after the release. They never block: the release stays out."""
    specs = [
        dg.AssetCheckSpec(
            check.name, asset=dg.AssetKey(["marts", check.mart]), additional_deps=[RELEASE], description=check.asks
        )
        for check in CHECKS
    ]

    @dg.multi_asset_check(name="release_checks", specs=specs, can_subset=True)
    def release_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        selected = {key.name for key in context.selected_asset_check_keys}
        variables = {name: settings.var(name) for name in VARIABLES}
        for check in CHECKS:
            if check.name in selected:
                yield evaluate(check, settings.published_warehouse, variables)

    return release_checks


def evaluate(check: Check, published: Path, variables: Mapping[str, Any]) -> dg.AssetCheckResult:
    """The verdict of the release on one check. A check without a verdict fails as an error."""
    with duckdb.connect(str(published), read_only=True) as connection:
        verdict = connection.execute(
            "select passed, severity, figure, threshold from marts.check_results where check_name = ?", [check.name]
        ).fetchone()
        query = check.offenders.format(**variables) or _credit_offenders(connection, variables["credit_tolerance"])
        offenders = _markdown(connection, query)
    if verdict is None:
        verdict = (False, "ERROR", None, None)
    passed, severity, figure, threshold = verdict
    return dg.AssetCheckResult(
        check_name=check.name,
        asset_key=dg.AssetKey(["marts", check.mart]),
        # An unknown verdict is not a passed one.
        passed=bool(passed),
        severity=dg.AssetCheckSeverity(severity),
        description=None if passed else f"{check.name}: {figure}, threshold {threshold}",
        metadata={
            "figure": _number(figure),
            "threshold": _number(threshold),
            "offenders": dg.MetadataValue.md(offenders),
        },
    )


def _number(value: Decimal | float | None) -> dg.MetadataValue:
    return dg.MetadataValue.text("none") if value is None else dg.MetadataValue.float(float(value))


def _credit_offenders(connection: duckdb.DuckDBPyConnection, tolerance: float) -> str:
    """Conversions whose credits do not sum to 1, under the models with a column and under the custom ones."""
    columns = [column for (column, *_) in connection.execute("describe marts.fct_attribution").fetchall()]
    models = [column for column in columns if column.startswith("credit_")]
    relation = "marts.fct_attribution"
    names = connection.execute(
        "select distinct attribution_model from marts.fct_custom_attribution order by 1"
    ).fetchall()
    if names:
        credits = ", ".join(
            f"case when attribution_model = '{name}' then credit end as credit_{name}" for (name,) in names
        )
        custom = f"select conversion_id, {credits} from marts.fct_custom_attribution"
        relation = f"(select * from {relation} union all by name {custom})"
        models += [f"credit_{name}" for (name,) in names]
    sums = ", ".join(f"round(sum({model}), 6) as {model}" for model in models)
    # A null sum is an offender too: `not (... <= ...)` alone would let it pass.
    wrong = " or ".join(f"coalesce(abs(sum({model}) - 1), 1) > {tolerance}" for model in models) or "false"
    return (
        f"select conversion_id{', ' if sums else ''}{sums} from {relation}"
        f" group by conversion_id having {wrong} order by conversion_id"
    )


def _markdown(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """The first rows of a query as a table; how many more there are stands below it."""
    found = connection.execute(query)
    header = [column[0] for column in found.description]
    rows = found.fetchall()
    if not rows:
        return "None."
    lines = [header, ["---"] * len(header), *rows[:SHOWN_ROWS]]
    table = "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)
    return table if len(rows) <= SHOWN_ROWS else f"{table}\n\nand {len(rows) - SHOWN_ROWS:,} more"


def _cell(value: object) -> str:
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}"  # 652.5 and not 652.500000
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
