"""What sqlglot leaves as it is, or says otherwise than DuckDB means it, for warehouses that no test here runs on."""

from collections.abc import Callable

from sqlglot import exp

from orchestration.transform.dialects import aggregates, json_texts, lists, patterns, queries, texts, times

WAREHOUSES = ("snowflake", "bigquery", "databricks", "redshift", "trino")

Rule = Callable[[exp.Expr, str], exp.Expr | None]
RULES: dict[type[exp.Expr], list[Rule]] = {}
for _module in (aggregates, json_texts, lists, patterns, queries, texts, times):
    for _kind, _rule in _module.RULES.items():
        RULES.setdefault(_kind, []).append(_rule)


def as_meant(statement: exp.Expr, dialect: str) -> exp.Expr:
    """The statement with what DuckDB means in words of the dialect. Raises UnsupportedError for what has none."""
    holder = exp.Subquery(this=statement)
    queries.inline_windows(statement)
    texts.mark_json(statement)
    # Children before their parents: a rule finds its parts already said.
    for node in reversed(list(statement.dfs())):
        said = next((said for rule in RULES.get(type(node), ()) if (said := rule(node, dialect)) is not None), None)
        if said is not None:
            node.replace(said)
    return holder.this
