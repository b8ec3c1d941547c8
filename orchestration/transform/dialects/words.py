"""Expressions built from a text in the dialect's own SQL."""

from functools import lru_cache

import sqlglot
from sqlglot import exp


class NoWordsError(ValueError):
    """What a dialect has no words for, and the expression that means it."""

    def __init__(self, what: str, node: exp.Expr) -> None:
        super().__init__(what)
        self.node = node


@lru_cache
def _parsed(text: str, dialect: str) -> exp.Expr:
    return sqlglot.parse_one(text, read=dialect)


def say(text: str, dialect: str, **parts: exp.Expr | None) -> exp.Expr:
    """An expression of the dialect in which each name that is a key of `parts` stands for that part."""
    said = exp.paren(_parsed(text, dialect).copy())
    for column in list(said.find_all(exp.Column)):
        part = parts.get(column.name)
        if part is not None and not column.table:
            column.replace(whole(part.copy()))
    operator = isinstance(said.this, exp.Binary | exp.Unary | exp.Predicate | exp.Interval)
    return said if operator else said.this


def whole(node: exp.Expr) -> exp.Expr:
    """The same between parentheses where an operator beside it could take it apart."""
    return exp.paren(node, copy=False) if isinstance(node, exp.Binary | exp.Unary) and not _stands_alone(node) else node


def _stands_alone(node: exp.Expr) -> bool:
    return isinstance(node, exp.Paren | exp.Dot | exp.Func) and not isinstance(node, exp.Connector)


def number(node: exp.Expr | None) -> int | None:
    """The value of a whole number, written as sums and products of them; None of anything else."""
    if isinstance(node, exp.Paren | exp.Neg):
        inner = number(node.this)
        return inner if inner is None or isinstance(node, exp.Paren) else -inner
    if isinstance(node, exp.Literal) and not node.is_string:
        return int(node.name) if node.name.isdigit() else None
    if isinstance(node, exp.Add | exp.Mul | exp.Sub):
        one, other = number(node.this), number(node.expression)
        if one is None or other is None:
            return None
        return one + other if isinstance(node, exp.Add) else one - other if isinstance(node, exp.Sub) else one * other
    return None
