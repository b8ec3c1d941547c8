"""One SQL dialect for all engines: models are written in DuckDB's, other engines get it transpiled."""

from functools import lru_cache

import sqlglot
from sqlglot import exp, transforms
from sqlglot.dialects.spark import Spark
from sqlglot.errors import ErrorLevel, SqlglotError

# The dialect that models, tests and macros are written in.
WRITTEN_IN = "duckdb"

# Functions of DuckDB that sqlglot does not know, by dialect.
FUNCTIONS = {
    "spark": {"strlen": "octet_length", "epoch_us": "unix_micros"},
    "postgres": {"strlen": "octet_length"},
}


# Spark has `qualify` since 4.0. As a subquery, which sqlglot makes of it for older ones, `select *` has a column more.
Spark.Generator.TRANSFORMS[exp.Select] = transforms.preprocess(
    [transforms.eliminate_distinct_on, transforms.unnest_to_explode, transforms.any_to_exists]
)


class TranspileError(ValueError):
    """SQL that another engine has no words for; the message is sqlglot's, with line and column."""


@lru_cache(maxsize=4096)
def transpile(sql: str, dialect: str) -> str:
    """One statement in another dialect. Raises TranspileError for what cannot be said in it."""
    try:
        (statement,) = sqlglot.parse(sql, read=WRITTEN_IN)
        for function in statement.find_all(exp.Anonymous):
            function.set("this", FUNCTIONS.get(dialect, {}).get(function.name.lower(), function.name))
        return statement.sql(dialect, unsupported_level=ErrorLevel.RAISE, comments=False)
    except SqlglotError as error:
        raise TranspileError(f"{error} (for {dialect})") from error


def is_query(sql: str) -> bool:
    """Whether a statement is a query, and so written in DuckDB's dialect: other statements are the adapters' own."""
    return sql.lstrip(" \n\t(").lower().startswith(("select", "with"))


@lru_cache
def transpile_type(name: str, dialect: str) -> str:
    """A column type in another dialect, e.g. varchar as string."""
    return exp.DataType.build(name, dialect=WRITTEN_IN).sql(dialect)
