"""SQL for warehouses that no test here runs on: transpiled, read again in their dialect, with functions they have."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from orchestration.transform.dialects.vocabulary import unknown_functions
from orchestration.transform.transpile import TranspileError, in_words_of, line_of, written


def transpile_strictly(sql: str, dialect: str) -> str:
    """One statement in a warehouse's dialect. Raises TranspileError, with the line of `sql`, for what has no words."""
    statement = in_words_of(sql, dialect)
    said = written(statement, dialect, pretty=True)
    try:
        parsed = sqlglot.parse_one(said, read=dialect)
    except SqlglotError as error:
        raise TranspileError(f"it becomes what {dialect} cannot read: {error}", 0) from error
    unknown = unknown_functions(parsed, said, dialect)
    if unknown:
        raise TranspileError(f"{dialect} has no function {unknown[0]}", _line_of_call(statement, unknown[0], dialect))
    return said


def _line_of_call(statement: exp.Expr, function: str, dialect: str) -> int:
    """The line of the smallest expression that has a call of the function."""
    for node in reversed(list(statement.dfs())):
        if isinstance(node, exp.Func) and f"{function}(" in node.sql(dialect).lower():
            return line_of(node)
    return 0
