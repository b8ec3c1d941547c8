"""Dates and timestamps: sums with intervals, differences, and moments to the microsecond."""

from sqlglot import exp

from orchestration.transform.dialects.words import NoWordsError, say

# A count of an interval's unit added to a date or timestamp.
ADDED = {
    "snowflake": "DATEADD({unit}, n, a)",
    "bigquery": "a + INTERVAL n {unit}",
    "redshift": "DATEADD({unit}, n, a)",
}
# Trino's own units end at the millisecond. To the microsecond, a double holds moments until the year 2200.
TRINO_MICROSECONDS = (
    "CAST(FROM_UNIXTIME_NANOS((CAST(ROUND(TO_UNIXTIME(CAST(a AS TIMESTAMP(6))) * 1000000) AS BIGINT) + n) * 1000)"
    " AT TIME ZONE 'UTC' AS TIMESTAMP(6))"
)
DIFFERENCES = {
    ("bigquery", "DAY"): "DATE_DIFF(CAST(b AS DATE), CAST(a AS DATE), DAY)",
    ("bigquery", "MICROSECOND"): "DATETIME_DIFF(CAST(b AS DATETIME), CAST(a AS DATETIME), MICROSECOND)",
    # Of timestamps, Databricks and Trino count periods of 24 hours, and not midnights.
    ("databricks", "DAY"): "DATEDIFF(CAST(b AS DATE), CAST(a AS DATE))",
    ("trino", "DAY"): "DATE_DIFF('DAY', CAST(a AS DATE), CAST(b AS DATE))",
    ("trino", "MICROSECOND"): "CAST(ROUND((TO_UNIXTIME(b) - TO_UNIXTIME(a)) * 1000000) AS BIGINT)",
}
ZONES = {
    "snowflake": "CONVERT_TIMEZONE(source, target, a)",
    "bigquery": "DATETIME(TIMESTAMP(a, source), target)",
    "databricks": "CONVERT_TIMEZONE(source, target, a)",
    "redshift": "CONVERT_TIMEZONE(source, target, a)",
    "trino": "CAST(WITH_TIMEZONE(a, source) AT TIME ZONE target AS TIMESTAMP(6))",
}
MOMENTS = {
    "bigquery": "CAST(TIMESTAMP_MICROS(n) AS DATETIME)",
    "databricks": "CAST(TIMESTAMP_MICROS(n) AS TIMESTAMP_NTZ)",
    "redshift": "DATEADD(MICROSECOND, n, CAST('1970-01-01' AS TIMESTAMP))",
    "trino": "CAST(FROM_UNIXTIME_NANOS(n * 1000) AT TIME ZONE 'UTC' AS TIMESTAMP(6))",
}


def _sum(node: exp.Expr, dialect: str) -> exp.Expr | None:
    sign = -1 if isinstance(node, exp.Sub) else 1
    counted = _count(node.expression)
    if counted is None:
        return _days(node, sign, dialect)
    count, unit = counted
    signed = _negative(count) if sign < 0 else count
    if dialect == "trino" and unit == "MICROSECOND":
        return say(TRINO_MICROSECONDS, dialect, a=node.this, n=signed)
    form = ADDED.get(dialect)
    return say(form.format(unit=unit), dialect, a=node.this, n=signed) if form else None


def _days(node: exp.Expr, sign: int, dialect: str) -> exp.Expr | None:
    """Whole days added to a date, which Trino does by a function."""
    date = node.this.unnest()
    is_date = (isinstance(date, exp.Cast) and date.is_type(exp.DType.DATE)) or isinstance(date, exp.DateAdd)
    if is_date and node.expression.is_type(exp.DType.DATE):
        raise NoWordsError("the difference of two dates by a minus, which is no number there; datediff is", node)
    if dialect != "trino" or not is_date:
        return None
    days = node.expression.copy()
    return say("DATE_ADD('DAY', n, a)", dialect, a=date, n=_negative(days) if sign < 0 else days)


def _count(node: exp.Expr) -> tuple[exp.Expr, str] | None:
    """How many of which unit an interval is: of `interval 1 hour * 24 * n`, 24 * n hours."""
    node = node.unnest()
    if isinstance(node, exp.Interval):
        return exp.Literal.number(node.this.name), node.text("unit").upper()
    if not isinstance(node, exp.Mul):
        return None
    counted = _count(node.this)
    if counted is None:
        return None
    count, unit = counted
    other = node.expression.copy()
    return (other if count.name == "1" else exp.Mul(this=count, expression=other)), unit


def _negative(count: exp.Expr) -> exp.Expr:
    return exp.Neg(this=count if isinstance(count, exp.Literal | exp.Column) else exp.paren(count))


def _difference(node: exp.Expr, dialect: str) -> exp.Expr | None:
    form = DIFFERENCES.get((dialect, node.text("unit").upper()))
    return say(form, dialect, a=node.expression, b=node.this) if form else None


def _truncated(node: exp.Expr, dialect: str) -> exp.Expr | None:
    # BigQuery's TIMESTAMP_TRUNC takes no dates.
    if dialect != "bigquery":
        return None
    return exp.Anonymous(this="DATE_TRUNC", expressions=[node.this.copy(), exp.var(node.text("unit").upper())])


def _zoned(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """A local time of one zone in that of another: timezone('UTC', timezone('Europe/Berlin', ...))."""
    if node.name.lower() != "timezone":
        return None
    target, inner = node.expressions
    if not (isinstance(inner, exp.Anonymous) and inner.name.lower() == "timezone"):
        return None
    source, time = inner.expressions
    return say(ZONES[dialect], dialect, a=time, source=source, target=target)


def _moment(node: exp.Expr, dialect: str) -> exp.Expr | None:
    return say(MOMENTS[dialect], dialect, n=node.this) if dialect in MOMENTS else None


def _to_the_microsecond(node: exp.Expr, dialect: str) -> exp.Expr | None:
    # Trino's timestamps end at the millisecond.
    if dialect != "trino" or not node.is_type(exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ) or node.expressions:
        return None
    return exp.DataType.build("TIMESTAMP(6)", dialect="trino")


RULES = {
    exp.Add: _sum,
    exp.Sub: _sum,
    exp.DateDiff: _difference,
    exp.TimestampTrunc: _truncated,
    exp.DateTrunc: _truncated,
    exp.Anonymous: _zoned,
    exp.UnixToTime: _moment,
    exp.DataType: _to_the_microsecond,
}
