"""One SQL dialect for all engines: models are written in DuckDB's, other engines get it transpiled."""

import re
from functools import lru_cache

import sqlglot
from sqlglot import exp, transforms
from sqlglot.dialects.spark import Spark
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError

from orchestration.transform.dialects import WAREHOUSES, as_meant
from orchestration.transform.dialects.words import NoWordsError

# The dialect that models, tests and macros are written in.
WRITTEN_IN = "duckdb"

# Dialects whose regular expressions are Java's: $1 in a replacement, not \1.
JAVA_PATTERNS = ("spark", "databricks")

# Functions of DuckDB that sqlglot does not know.
FUNCTIONS = {"strlen": "octet_length", "md5_number": "md5"}

# Spark has `qualify` since 4.0. As a subquery, which sqlglot makes of it for older ones, `select *` has a column more.
Spark.Generator.TRANSFORMS[exp.Select] = transforms.preprocess(
    [transforms.eliminate_distinct_on, transforms.unnest_to_explode, transforms.any_to_exists]
)
# Percentiles are exact, not approximate.
del Spark.Generator.TRANSFORMS[exp.WithinGroup]


class TranspileError(ValueError):
    """SQL that another engine has no words for; the message is sqlglot's, with line and column where it has them."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        # Of the SQL that was to be transpiled; 0 where it is not known.
        self.line = line


@lru_cache(maxsize=4096)
def transpile(sql: str, dialect: str) -> str:
    """One statement in another dialect. Raises TranspileError for what cannot be said in it."""
    return written(in_words_of(sql, dialect), dialect)


def in_words_of(sql: str, dialect: str) -> exp.Expr:
    """A statement as the dialect would say it, not yet written down. Raises TranspileError."""
    try:
        (statement,) = sqlglot.parse(sql, read=WRITTEN_IN)
        assert statement is not None
        if dialect in WAREHOUSES:
            statement = as_meant(statement, dialect)
        return statement.transform(_as_meant, dialect)
    except NoWordsError as error:
        raise TranspileError(f"{error} (for {dialect})", line_of(error.node)) from error
    except ParseError as error:
        raise TranspileError(f"{error} (for {dialect})", error.errors[0].get("line") or 0) from error


def written(statement: exp.Expr, dialect: str, pretty: bool = False) -> str:
    """The text of a statement. Raises TranspileError."""
    try:
        return statement.sql(dialect, unsupported_level=ErrorLevel.RAISE, comments=False, pretty=pretty)
    except SqlglotError as error:
        raise TranspileError(f"{error} (for {dialect})", _line_that_fails(statement, dialect)) from error


def line_of(node: exp.Expr) -> int:
    """The line that an expression is on, or the nearest of its parts that has one; 0 where none has."""
    return next((part.meta["line"] for part in node.bfs() if "line" in part.meta), 0)


def _line_that_fails(statement: exp.Expr, dialect: str) -> int:
    for node in reversed(list(statement.dfs())):
        try:
            node.sql(dialect, unsupported_level=ErrorLevel.RAISE)
        except SqlglotError:
            return line_of(node)
    return 0


def is_query(sql: str) -> bool:
    """Whether a statement is a query, and so written in DuckDB's dialect: other statements are the adapters' own."""
    return sql.lstrip(" \n\t(").lower().startswith(("select", "with"))


def _as_meant(node: exp.Expr, dialect: str) -> exp.Expr:
    """What DuckDB means where sqlglot keeps words that another engine reads otherwise."""
    if isinstance(node, exp.Div | exp.Avg) and not node.this.is_type(exp.DType.DOUBLE):
        # Quotients and averages are doubles, of decimals too.
        node.set("this", exp.cast(node.this, exp.DType.DOUBLE))
    elif isinstance(node, exp.Try) and node.this.name == "url_decode":
        return exp.Anonymous(this="try_url_decode", expressions=node.this.expressions)
    elif isinstance(node, exp.Anonymous):
        node.set("this", FUNCTIONS.get(node.name.lower(), node.name))
    elif isinstance(node, exp.RegexpReplace) and dialect in JAVA_PATTERNS:
        node.set("replacement", exp.Literal.string(re.sub(r"\\(\d)", r"$\1", node.args["replacement"].name)))
    elif isinstance(node, exp.Not) and isinstance(node.this, exp.In) and node.this.args.get("query"):
        return _not_in(node.this) if dialect in JAVA_PATTERNS else node
    return node


def _not_in(within: exp.In) -> exp.Expression:
    """`not in (select ...)` of rows without nulls. In an expression, Spark compares with each row of them in turn."""
    found = exp.func("coalesce", within, exp.false())
    return exp.Case().when(exp.not_(exp.Is(this=within.this.copy(), expression=exp.null())), exp.not_(found))


@lru_cache
def transpile_type(name: str, dialect: str) -> str:
    """A column type in another dialect, e.g. varchar as string."""
    return exp.DataType.build(name, dialect=WRITTEN_IN).sql(dialect)
