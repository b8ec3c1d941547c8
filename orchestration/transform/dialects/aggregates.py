"""Percentiles and windows."""

from typing import Any

from sqlglot import exp

from orchestration.transform.dialects.words import NoWordsError, say

# The values in order, and the one at a place that counts from 1: BigQuery and Trino have no exact percentile.
PLACE = {
    "bigquery": "ARRAY_AGG(a IGNORE NULLS ORDER BY a)[SAFE_ORDINAL(place)]",
    "trino": "ELEMENT_AT(ARRAY_AGG(a ORDER BY a) FILTER (WHERE NOT a IS NULL), place)",
}
# The value at the place share * count from below, and the mean of the two around 1 + share * (count - 1).
DISCRETE = "CAST(GREATEST(CEIL(share * COUNT(a)), 1) AS BIGINT)"
BELOW = "CAST(GREATEST(FLOOR(share * (COUNT(a) - 1)), 0) AS BIGINT) + 1"
ABOVE = "CAST(GREATEST(CEIL(share * (COUNT(a) - 1)), 0) AS BIGINT) + 1"
CONTINUOUS = "low + (high - low) * (share * (COUNT(a) - 1) - FLOOR(share * (COUNT(a) - 1)))"

# Window functions that have no frame.
OF_ROWS = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead)


def _percentile(node: exp.Expr, dialect: str) -> exp.Expr | None:
    kind: Any = node.this
    if not isinstance(kind, exp.PercentileCont | exp.PercentileDisc):
        return None
    if dialect == "redshift" and isinstance(kind, exp.PercentileDisc):
        raise NoWordsError("percentile_disc of a group", node)
    (ordered,) = node.expression.expressions
    return _at(ordered.this, kind.this, isinstance(kind, exp.PercentileDisc), dialect)


def _median(node: exp.Expr, dialect: str) -> exp.Expr | None:
    return _at(node.this, exp.Literal.number("0.5"), False, dialect)


def _at(value: exp.Expr, share: exp.Expr, is_discrete: bool, dialect: str) -> exp.Expr | None:
    if dialect not in PLACE:
        return None

    def place(form: str, of: exp.Expr) -> exp.Expr:
        return say(PLACE[dialect], dialect, a=of, place=say(form, "trino", share=share, a=value))

    if is_discrete:
        return place(DISCRETE, value)
    double = exp.cast(value.copy(), exp.DType.DOUBLE)
    return say(CONTINUOUS, dialect, share=share, a=value, low=place(BELOW, double), high=place(ABOVE, double))


def _window(node: exp.Expr, dialect: str) -> exp.Expr | None:
    order, spec = node.args.get("order"), node.args.get("spec")
    if order is None:
        return None
    is_range = _is_of_a_range(node)
    if dialect == "redshift" and is_range:
        if isinstance(node.this, exp.FirstValue) and spec is None:
            # The first of all is the first up to this row.
            window = node.copy()
            window.set(
                "spec",
                exp.WindowSpec(
                    kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="UNBOUNDED", end_side="FOLLOWING"
                ),
            )
            return window
        raise NoWordsError("a window that ends by value, not by row", node)
    if dialect == "bigquery" and not isinstance(node.this, OF_ROWS):
        return _without_nulls_last(node)
    return None


def _is_of_a_range(node: exp.Expr) -> bool:
    spec = node.args.get("spec")
    if spec is None:
        return not isinstance(node.this, OF_ROWS)
    return str(spec.args.get("kind", "")).upper() == "RANGE"


def _without_nulls_last(node: exp.Expr) -> exp.Expr:
    """BigQuery sorts no nulls last in the window of an aggregate; where it ends so many days away, days are numbers."""
    window: Any = node.copy()
    spec, ordered = window.args.get("spec"), window.args["order"].expressions
    days = (
        [] if spec is None else [one for one in (spec.args["start"], spec.args["end"]) if isinstance(one, exp.Interval)]
    )
    if days:
        (key,) = ordered
        key.set("this", say("COALESCE(UNIX_DATE(CAST(a AS DATE)), 9999999)", "bigquery", a=key.this))
        key.set("nulls_first", True)
        for interval in days:
            if interval.text("unit").upper() != "DAY":
                raise NoWordsError("a window of an interval that is not of days", interval)
            interval.replace(exp.Literal.number(interval.this.name))
        return window
    keys = []
    for key in ordered:
        if not key.args.get("nulls_first") and not key.args.get("desc"):
            keys.append(exp.Ordered(this=exp.Is(this=key.this.copy(), expression=exp.Null()), nulls_first=True))
            key.set("nulls_first", True)
        keys.append(key.copy())
    window.set("order", exp.Order(expressions=keys))
    return window


RULES = {exp.WithinGroup: _percentile, exp.Median: _median, exp.Window: _window}
