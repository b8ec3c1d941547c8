"""Lists: their rows, and functions over them."""

from typing import Any

from sqlglot import exp

from orchestration.transform.dialects.words import NoWordsError, number, say

DIGITS = (
    "(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL "
    "SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
)


def _unnested(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """`select unnest(list)`: a join with the list's rows."""
    lists = [one for one in node.expressions if isinstance(one.unalias(), exp.Explode)]
    if not lists:
        return None
    (alias,) = lists
    name, rows = alias.alias, alias.unalias().this
    series = isinstance(rows, exp.GenerateSeries)
    if dialect == "redshift":
        if not series:
            return _split_rows(node, alias, rows)
        return _numbers(rows, name)
    select: Any = node.copy()
    # Snowflake's rows have no type.
    row = (
        exp.alias_(exp.cast(exp.column(name), exp.DType.TEXT), name) if dialect == "snowflake" and not series else None
    )
    for one in select.expressions:
        if isinstance(one.unalias(), exp.Explode):
            one.replace(row or exp.column(name))
    columns = [exp.to_identifier(name)]
    table = exp.Unnest(
        expressions=[rows.copy()], alias=exp.TableAlias(this=exp.to_identifier("rows_of"), columns=columns)
    )
    if select.args.get("from_"):
        return select.join(table, join_type="cross", copy=False)
    return select.from_(table, copy=False)


def _numbers(series: exp.Expr, name: str) -> exp.Expr:
    """Redshift makes no series but on one of its nodes: every number is made of digits."""
    first, end = number(series.args["start"]), number(series.args["end"])
    if first is None or end is None:
        raise NoWordsError("a series of numbers whose ends are no constants", series)
    places = range(max(len(str(end - first - 1)), 1))
    total = " + ".join(f"digit_{place}.n * {10**place}" for place in places)
    tables = " CROSS JOIN ".join(f"{DIGITS} AS digit_{place}" for place in places)
    return say(
        f"SELECT {name} FROM (SELECT {first} + {total} AS {name} FROM {tables}) AS counted WHERE {name} < {end}",
        "redshift",
    )


def _split_rows(node: exp.Expr, alias: exp.Expr, rows: exp.Expr) -> exp.Expr:
    """The parts of a text: the first, the second, up to as many as there are separators and one; at most 1000."""
    if not isinstance(rows, exp.Split):
        raise NoWordsError("the rows of a list", rows)
    places = _numbers(exp.GenerateSeries(start=exp.Literal.number(1), end=exp.Literal.number(1001)), "place")
    part = say("SPLIT_PART(a, s, place)", "redshift", a=rows.this, s=rows.expression)
    parts = say("LEN(a) - LEN(REPLACE(a, s, ''))", "redshift", a=rows.this, s=rows.expression)
    select: Any = node.copy()
    for one in select.expressions:
        if isinstance(one.unalias(), exp.Explode):
            one.replace(exp.alias_(part, alias.alias))
    table = exp.Subquery(this=places, alias=exp.TableAlias(this=exp.to_identifier("places")))
    return select.join(
        table,
        on=exp.LTE(this=exp.column("place"), expression=exp.Add(this=parts, expression=exp.Literal.number(1))),
        join_type="inner",
        copy=False,
    )


def _element(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """One of a list, null where the list is shorter, which is an error in Databricks and Trino."""
    if (
        not isinstance(node.this, exp.ArrayFilter | exp.Transform | exp.Array | exp.Subquery)
        or len(node.expressions) != 1
    ):
        return None
    place = number(node.expressions[0])
    form = {
        "databricks": "GET(a, n)",
        "trino": "ELEMENT_AT(a, n)",
        "bigquery": "a[SAFE_OFFSET(n)]",
        "snowflake": "GET(a, n)" if _is_path(node) else "CAST(GET(a, n) AS VARCHAR)",
    }.get(dialect)
    if form is None or place is None:
        return None
    return say(form, dialect, a=node.this, n=exp.Literal.number(place + (dialect == "trino")))


def _is_path(node: exp.Expr) -> bool:
    """Whether a field of the element is asked for."""
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    return isinstance(parent, exp.Dot)


def _mapped(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """list_filter and list_transform: queries over the list's rows where there are no lambdas."""
    if dialect == "redshift":
        raise NoWordsError("a function over each element of a list", node)
    if dialect != "bigquery":
        return None
    function = node.expression
    (name,) = function.expressions
    form = (
        f"ARRAY(SELECT {name.name} FROM UNNEST(a) AS {name.name} WITH OFFSET AS place WHERE f ORDER BY place)"
        if isinstance(node, exp.ArrayFilter)
        else f"ARRAY(SELECT f FROM UNNEST(a) AS {name.name} WITH OFFSET AS place ORDER BY place)"
    )
    return say(form, dialect, a=node.this, f=function.this)


def _has(node: exp.Expr, dialect: str) -> exp.Expr | None:
    return say("b IN UNNEST(a)", dialect, a=node.this, b=node.expression) if dialect == "bigquery" else None


RULES = {
    exp.Select: _unnested,
    exp.Bracket: _element,
    exp.ArrayFilter: _mapped,
    exp.Transform: _mapped,
    exp.ArrayContains: _has,
}
