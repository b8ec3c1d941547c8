"""Queries: what Trino has no clause for, and names of tables."""

from typing import Any

import sqlglot
from sqlglot import exp

from orchestration.transform.dialects.words import NoWordsError, say

# Trino's own function that leaves columns out of `*`.
WITHOUT_COLUMNS = (
    "SELECT * FROM TABLE(EXCLUDE_COLUMNS(INPUT => TABLE(SELECT * FROM inner_rows WHERE is_kept), "
    "COLUMNS => DESCRIPTOR({})))"
)


def inline_windows(statement: exp.Expr) -> None:
    """Each window in place of its name: Snowflake and Redshift have no clause `window`."""
    for select in list(statement.find_all(exp.Select)):
        named = {window.name: window for window in select.args.get("windows") or []}
        for use in list(select.find_all(exp.Window)) if named else []:
            window = named.get(use.text("alias"))
            if window is not None:
                use.set("alias", None)
                for part in ("partition_by", "order", "spec"):
                    use.set(part, _copied(window.args.get(part)))
        select.set("windows", None)


def _copied(part: Any) -> Any:
    return [one.copy() for one in part] if isinstance(part, list) else part and part.copy()


def _select(node: exp.Expr, dialect: str) -> exp.Expr | None:
    if dialect != "trino" or not node.args.get("qualify") or not _has_star(node):
        return None
    return _without_qualify(node)


def _has_star(node: exp.Expr) -> bool:
    return any(one.is_star for one in node.expressions)


def _without_qualify(node: exp.Expr) -> exp.Expr:
    """Rows kept by the value of a window function, without that value among the columns of `*`."""
    rows = node.copy()
    condition = rows.args["qualify"].this.copy()
    condition = exp.paren(condition)
    rows.set("qualify", None)
    names: list[str] = []
    for window in list(condition.find_all(exp.Window)):
        names.append(f"value_{len(names) + 1}")
        rows.append("expressions", exp.alias_(window.copy(), names[-1]))
        window.replace(exp.column(names[-1]))
    if any(column.table for column in condition.find_all(exp.Column)):
        raise NoWordsError("a qualify by a column of a table", node)
    form = WITHOUT_COLUMNS.format(", ".join(names)) if names else "SELECT * FROM inner_rows WHERE is_kept"
    query = sqlglot.parse_one(form, read="trino")
    query.set("with_", rows.args.get("with_"))
    rows.set("with_", None)
    for table in list(query.find_all(exp.Table)):
        if table.name == "inner_rows":
            table.replace(exp.Subquery(this=rows, alias=exp.TableAlias(this=exp.to_identifier("all_rows"))))
    for column in list(query.find_all(exp.Column)):
        if column.name == "is_kept":
            column.replace(condition)
    return query


def _table(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """The name as schema.table, without the database of DuckDB and the quotes that fix its case."""
    if not node.args.get("catalog"):
        return None
    table = node.copy()
    table.set("catalog", None)
    for part in ("this", "db"):
        table.set(part, exp.to_identifier(table.args[part].name))
    return table


def _group(node: exp.Expr, dialect: str) -> exp.Expr | None:
    if dialect != "trino" or not node.args.get("all"):
        return None
    select = node.parent
    assert isinstance(select, exp.Select)
    keys = [one.unalias() for one in select.expressions if not one.find(exp.AggFunc)]
    return exp.Group(expressions=[key.copy() for key in keys])


def _join(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """BigQuery joins by equal values where rows without a match are kept."""
    condition = node.args.get("on")
    if dialect != "bigquery" or condition is None or node.text("side").upper() not in ("LEFT", "FULL", "RIGHT"):
        return None
    join = node.copy()
    for same in list(join.args["on"].find_all(exp.NullSafeEQ)):
        same.replace(say("TO_JSON_STRING(a) = TO_JSON_STRING(b)", dialect, a=same.this, b=same.expression))
    conditions = join.args["on"].flatten() if isinstance(join.args["on"], exp.And) else [join.args["on"]]
    if not any(_is_of_both(one) for one in conditions):
        raise NoWordsError("an outer join without an equality of both sides", node)
    return join


def _is_of_both(condition: exp.Expr) -> bool:
    equality = condition.unnest()
    return isinstance(equality, exp.EQ) and len({column.table for column in equality.find_all(exp.Column)}) > 1


RULES = {exp.Join: _join, exp.Table: _table, exp.Group: _group, exp.Select: _select}
