"""The asset checks on the released marts.

Figures, thresholds, results and severities are computed by dbt in `marts.check_results`; here they are read from the
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
from orchestration.config.vars import SHARES, project_vars
from orchestration.release.check_words import Words, figure_text, sentence, text

RELEASE = dg.AssetKey("release")
SHOWN_ROWS = 20


@dataclass(frozen=True)
class Check:
    """One check: the mart it is shown on, what it asks, the query that lists the offenders, and how they are named.

    A name in braces is a dbt var: in the query its value, in the text its value as people write it.
    """

    name: str
    mart: str
    asks: str
    offenders: str
    words: Words
    is_share: bool = False


@dataclass(frozen=True)
class Offenders:
    """The first rows behind a check, and how many there are in all."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    total: int


@dataclass(frozen=True)
class Alarm:
    """A failed check in words."""

    check: str
    severity: str
    title: str
    says: str
    remedy: str


CHECKS = (
    Check(
        "lead_source_coverage",
        "tracking_coverage",
        "Do we know where our leads come from? Fails when more than {unclear_share_threshold} of the leads of the last"
        " {audit_window_days} days have no clear source: tracking is broken, and figures by source are unreliable. The"
        " table shows where the unclear leads come from.",
        "select dimension, value, leads, unclear_leads, round(unclear_share, 4) as unclear_share"
        " from marts.tracking_coverage where unclear_leads > 0"
        " and window_end = (select max(window_end) from marts.tracking_coverage)"
        " order by dimension <> 'all', unclear_leads desc, dimension, value",
        Words("{value} {unclear_share}", but=("all", "month")),
        is_share=True,
    ),
    Check(
        "pipeline_concentration",
        "pipeline_concentration",
        "Does the pipeline depend on one source? Fails when one source brings more than {pipeline_share_threshold} of"
        " the pipeline of the last {audit_window_days} days. The table shows the share of each source.",
        "select source, pipeline, round(pipeline_share, 4) as pipeline_share, round(herfindahl, 4) as herfindahl"
        " from marts.pipeline_concentration"
        " where window_end = (select max(window_end) from marts.pipeline_concentration)"
        " order by pipeline_share desc nulls last, source",
        Words("{source} {pipeline_share}"),
        is_share=True,
    ),
    Check(
        "spend_conserved",
        "fct_investment_daily",
        "Is all the spend that came in still there? Fails when the spend in the marts differs from the spend in the"
        " exports, or when a currency has no exchange rate. The table shows the spend without a rate, then the spend in"
        " the marts per source.",
        "select * from ("
        "select 'no exchange rate' as source, entity as cost_type, original_currency as currency,"
        " count(*) as amounts, sum(original_amount) as amount from marts.quarantined_amounts"
        " where entity in ('ad_spend', 'costs') group by entity, original_currency"
        " union all select source, cost_type, 'reporting', count(*), sum(amount) from marts.fct_investment_daily"
        " group by source, cost_type)"
        " order by currency = 'reporting', amount desc nulls last, source, cost_type, currency",
        Words("no exchange rate for {amount} {currency} of {cost_type}", but=("reporting",)),
    ),
    Check(
        "credit_conserved",
        "fct_attribution",
        "Is every conversion credited exactly once? Fails when the credits of a conversion do not sum to 1 under some"
        " attribution model. The table shows such conversions.",
        "",  # The columns are those the models declare: see _credit_offenders.
        Words("{conversion_id}"),
    ),
    Check(
        "rows_conserved",
        "load_ledger",
        "Is every row that was read kept or rejected? Fails when the rows read of a feed's entity are not those counted"
        " in the raw files plus those rejected. The table shows such entities, then files whose own counts do not add"
        " up.",
        "select * from ("
        "select feed, entity, null as file, rows_read, rows_in_raw, rows_rejected,"
        " rows_read - rows_in_raw - rows_rejected as rows_missing from marts.row_conservation"
        " union all select feed, entity, file, rows_read, rows_accepted, rows_rejected,"
        " rows_read - rows_accepted - rows_rejected from marts.load_ledger)"
        " where rows_missing <> 0 order by file is not null, feed, entity, file",
        Words("{feed}/{entity} {rows_missing}"),
    ),
    Check(
        "rejected_share",
        "rejected_rows",
        "Did the exports change? Fails when more than {max_rejected_share} of the rows of a file were rejected, among"
        " the files of the last {rejected_share_days} days of loads. The table shows all files with rejected rows,"
        " highest share first.",
        "select feed, entity, file, rows_read, rows_rejected,"
        " round(rows_rejected / nullif(rows_read, 0), 4) as rejected_share from marts.load_ledger"
        " where rows_rejected > 0 order by rejected_share desc nulls last, feed, entity, file",
        Words("{file} {rejected_share}"),
        is_share=True,
    ),
    Check(
        "keys_repeat_within_a_file",
        "load_ledger",
        "Does a key occur once in a file? Fails when a file of the last {rejected_share_days} days of loads has rows"
        " that share their key. Of records the newest row counts; rows of spend and costs add up, and count once where"
        " they are alike in every column. Where these are different things, give each a key of its own in the export,"
        " else one row, and drop the file again. The table shows all such files, most rows that do not count first.",
        "select feed, entity, file, keys_repeated, rows_repeated, rows_superseded from marts.load_ledger"
        " where rows_repeated > 0 order by rows_superseded desc, rows_repeated desc, feed, entity, file",
        Words("{file} {rows_repeated}"),
    ),
    Check(
        "sla_compliance",
        "sla_compliance",
        "Do we answer leads within their SLA? Fails when it was missed for more than {max_sla_missed_share} of the"
        " leads of the last {audit_window_days} days. The table shows where it is missed, by source type and by team.",
        "select dimension, value, leads, missed, unanswered, round(missed_share, 4) as missed_share,"
        " round(median_first_response_minutes) as median_first_response_minutes from marts.sla_compliance"
        " where missed > 0 and window_end = (select max(window_end) from marts.sla_compliance)"
        " order by dimension <> 'all', dimension, missed desc, value",
        Words("{value} {missed_share}", but=("all",)),
        is_share=True,
    ),
    Check(
        "ltv_cac_floor",
        "fct_source_cac_ltv",
        "Does every source bring enough for what it costs? Fails when LTV:CAC is under {ltv_cac_healthy} for a source"
        " with at least {ltv_cac_min_customers} customers. The table shows such sources, lowest first;"
        " source_performance_quarterly has a recommendation for each.",
        "select source, investment, round(customers, 1) as customers, round(cac) as cac,"
        " round(projected_ltv) as projected_ltv, round(ltv_cac_ratio, 2) as ltv_cac_ratio,"
        " round(ltv_cac_low, 2) as ltv_cac_low, round(ltv_cac_high, 2) as ltv_cac_high from marts.fct_source_cac_ltv"
        " where attribution_model = '{default_attribution_model}' and customers >= {ltv_cac_min_customers}"
        " and ltv_cac_ratio < {ltv_cac_healthy} order by fct_source_cac_ltv.ltv_cac_ratio, source",
        Words("{source} {ltv_cac_ratio} ({ltv_cac_low} to {ltv_cac_high})"),
    ),
    Check(
        "portfolio_balance",
        "portfolio_balance",
        "Is the investment spread over core, growing and experimental sources? Fails when the share of a class in the"
        " last whole quarter is more than {portfolio_balance_tolerance} of the investment away from its target"
        " ({portfolio_target_shares}). The table shows the shares of each class, the last whole quarter first.",
        "select quarter, portfolio_class, sources, round(investment_share, 3) as investment_share,"
        " round(lead_share, 3) as lead_share, target_share from marts.portfolio_balance"
        " order by quarter + interval 3 month > (select max(evaluated_at) + interval 1 day from marts.check_results),"
        " quarter desc, target_share desc, portfolio_class",
        Words("{portfolio_class} {investment_share} instead of {target_share} in {quarter}"),
        is_share=True,
    ),
    Check(
        "new_source_each_quarter",
        "source_portfolio",
        "Do we try a new source every quarter? Fails when more than {max_quarters_without_new_source} whole quarters"
        " have passed since the last one with a new source. The table shows the new sources, newest quarter first.",
        "select quarter, string_agg(source, ', ' order by source) filter (is_new_source) as new_sources"
        " from marts.source_portfolio group by quarter order by quarter desc",
        Words("{new_sources} in {quarter}"),
    ),
    Check(
        "feed_volume",
        "feed_volume",
        "Does every feed have its usual volume? Fails when a day among the last {feed_volume_days} is more than"
        " {feed_volume_max_z_score} usual deviations away from the same weekday in the {feed_volume_weeks} weeks"
        " before: an export is cut short or doubled. The table shows such days.",
        "select feed, entity, date, row_count, usual_rows, round(robust_z_score, 1) as robust_z_score"
        " from marts.feed_volume where robust_z_score > {feed_volume_max_z_score}"
        " order by feed_volume.robust_z_score desc, feed, entity, date",
        Words("{feed}/{entity} had {row_count} rows on {date}, usually {usual_rows}"),
    ),
    Check(
        "feed_freshness",
        "feed_freshness",
        "Does every feed still arrive? Fails when a feed's entity has had no rows for more than"
        " {feed_freshness_max_staleness} times its usual gap: its export has stopped, or its folder has another name."
        " The table shows such entities, the stalest first.",
        "select feed, entity, newest_load_on, staleness_days, usual_gap_days from marts.feed_freshness"
        " where staleness_ratio > {feed_freshness_max_staleness} order by staleness_ratio desc, feed, entity",
        Words("{feed}/{entity} silent for {staleness_days} days, usually {usual_gap_days}"),
    ),
)


def build_checks(settings: Settings) -> dg.AssetChecksDefinition:
    """The checks as one step after the release. They never block it."""
    variables = {name: settings.var(name) for name in project_vars()}
    shown = {name: shown_value(name, value) for name, value in variables.items()}
    specs = [
        dg.AssetCheckSpec(
            check.name,
            asset=dg.AssetKey(["marts", check.mart]),
            additional_deps=[RELEASE],
            description=check.asks.format(**shown),
        )
        for check in CHECKS
    ]

    @dg.multi_asset_check(name="release_checks", specs=specs, can_subset=True)
    def release_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        selected = {key.name for key in context.selected_asset_check_keys}
        for check in CHECKS:
            if check.name in selected:
                yield evaluate(check, settings.published_warehouse, variables)

    return release_checks


def shown_value(name: str, value: Any) -> str:
    """A var as a sentence shows it: shares, and mappings to shares, in percent."""
    if name in SHARES:
        return f"{100 * value:g}%"
    if name == "portfolio_target_shares":
        return ", ".join(f"{portfolio_class} {100 * share:g}%" for portfolio_class, share in value.items())
    return str(value)


def evaluate(check: Check, published: Path, variables: Mapping[str, Any]) -> dg.AssetCheckResult:
    """The result of one check in the release. A check without a result fails as an error."""
    with duckdb.connect(str(published), read_only=True) as connection:
        passed, severity, figure, threshold = _result(connection, check)
        found = offenders(connection, check, variables)
    metadata: dict[str, dg.MetadataValue] = {
        "figure": _number(figure),
        "threshold": _number(threshold),
        "offenders": dg.MetadataValue.md(markdown_table(found)),
    }
    if not passed:
        metadata["what to do"] = dg.MetadataValue.text(text(f"check.{check.name}.remedy"))
    # A check without anything to measure passes and says so.
    unmeasured = f"{check.name}: no data" if figure is None else None
    return dg.AssetCheckResult(
        check_name=check.name,
        asset_key=dg.AssetKey(["marts", check.mart]),
        passed=passed,
        severity=dg.AssetCheckSeverity(severity),
        description=unmeasured if passed else _sentence(check, figure, threshold, found, variables),
        metadata=metadata,
    )


def alarms(connection: duckdb.DuckDBPyConnection, variables: Mapping[str, Any]) -> list[Alarm]:
    """The checks that failed in a release, errors first."""
    found = []
    for check in CHECKS:
        passed, severity, figure, threshold = _result(connection, check)
        if not passed:
            said = _sentence(check, figure, threshold, offenders(connection, check, variables), variables)
            title, remedy = text(f"check.{check.name}"), text(f"check.{check.name}.remedy")
            found.append(Alarm(check.name, severity, title, said, remedy))
    return sorted(found, key=lambda alarm: alarm.severity)


def _result(connection: duckdb.DuckDBPyConnection, check: Check) -> tuple[bool, str, float | None, float | None]:
    """Whether it passed, severity, figure and threshold. A result that is null, or missing, is not a passed one."""
    query = "select passed, severity, figure, threshold from marts.check_results where check_name = ?"
    passed, *rest = connection.execute(query, [check.name]).fetchone() or (False, "ERROR", None, None)
    severity, figure, threshold = rest
    return bool(passed), severity, figure, threshold


def _sentence(
    check: Check,
    figure: float | None,
    threshold: float | None,
    found: Offenders,
    variables: Mapping[str, Any],
) -> str:
    if figure is None:
        return f"{text(f'check.{check.name}')}? The release has no figure to tell."
    shown = {name: shown_value(name, value) for name, value in variables.items()}
    figures = {"figure": figure_text(figure, check.is_share), "threshold": figure_text(threshold, check.is_share)}
    return sentence(check.name, shown | figures, found.columns, found.rows, check.words)


def offenders(connection: duckdb.DuckDBPyConnection, check: Check, variables: Mapping[str, Any]) -> Offenders:
    """The rows that explain a check's figure."""
    query = check.offenders.format(**variables) or _credit_offenders(connection, variables["credit_tolerance"])
    return read_rows(connection, query)


def read_rows(connection: duckdb.DuckDBPyConnection, query: str) -> Offenders:
    """The first rows of a query."""
    found = connection.execute(query)
    columns = [column[0] for column in found.description]
    rows = found.fetchall()
    return Offenders(columns, rows[:SHOWN_ROWS], len(rows))


def _number(value: Decimal | float | None) -> dg.MetadataValue:
    return dg.MetadataValue.text("no data") if value is None else dg.MetadataValue.float(float(value))


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


def markdown_table(found: Offenders) -> str:
    """Rows as a table; how many more there are stands below it."""
    if not found.rows:
        return "None."
    lines = [found.columns, ["---"] * len(found.columns), *found.rows]
    table = "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)
    more = found.total - len(found.rows)
    return f"{table}\n\nand {more:,} more" if more else table


def _cell(value: object) -> str:
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}"  # 652.5 and not 652.500000
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
