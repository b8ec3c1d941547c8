"""Texts and values: parts of texts, casts, and functions that pass over nulls in DuckDB."""

from sqlglot import exp

from orchestration.transform.dialects.words import NoWordsError, number, say

TEXT = exp.DType.TEXT

# The nth part; DuckDB's is empty where there are fewer parts, and counts from the end below 0.
PARTS = {
    "bigquery": "IF(a IS NULL, NULL, COALESCE(SPLIT(a, b)[SAFE_OFFSET(n)], ''))",
    "trino": "IF(a IS NULL, NULL, COALESCE(ELEMENT_AT(SPLIT(a, b), n), ''))",
}
FROM_THE_END = {
    "bigquery": "IF(a IS NULL, NULL, COALESCE(ARRAY_REVERSE(SPLIT(a, b))[SAFE_OFFSET(n)], ''))",
    "redshift": "REVERSE(SPLIT_PART(REVERSE(a), b, n))",
}


def _split_part(node: exp.Expr, dialect: str) -> exp.Expr | None:
    text, separator, place = node.this, node.args["delimiter"], number(node.args["part_index"])
    if place is None:
        raise NoWordsError("split_part by a column", node)
    from_the_end = place < 0 and dialect in FROM_THE_END
    form = (FROM_THE_END if from_the_end else PARTS).get(dialect)
    if form is None:
        return None
    place = abs(place) if from_the_end else place
    return say(form, dialect, a=text, b=separator, n=exp.Literal.number(place - (dialect == "bigquery")))


def _contains(node: exp.Expr, dialect: str) -> exp.Expr | None:
    # BigQuery's ignores case, Trino's is of arrays, Redshift has none.
    form = {"bigquery": "STRPOS(a, b) > 0", "trino": "STRPOS(a, b) > 0", "redshift": "STRPOS(a, b) > 0"}.get(dialect)
    return say(form, dialect, a=node.this, b=node.expression) if form else None


def _starts_with(node: exp.Expr, dialect: str) -> exp.Expr | None:
    # By sqlglot, Redshift's would be a LIKE, with wildcards.
    return say("STRPOS(a, b) = 1", dialect, a=node.this, b=node.expression) if dialect == "redshift" else None


def _ends_with(node: exp.Expr, dialect: str) -> exp.Expr | None:
    form = {"redshift": "RIGHT(a, LEN(b)) = b", "trino": "STRPOS(REVERSE(a), REVERSE(b)) = 1"}.get(dialect)
    return say(form, dialect, a=node.this, b=node.expression) if form else None


def _concat_ws(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """Nulls are left out with their separator, which Snowflake, BigQuery and Redshift do not do."""
    if dialect in ("databricks", "trino"):
        return None
    separator, *texts = node.expressions
    parts: exp.Expr | None = None
    for text in texts:
        part = say("COALESCE(s || a, '')", dialect, s=separator, a=exp.cast(text.copy(), TEXT))
        parts = part if parts is None else exp.DPipe(this=parts, expression=part)
    if not isinstance(separator, exp.Literal | exp.Chr) or parts is None:
        raise NoWordsError("concat_ws with a separator that is no text", node)
    length = 1 if isinstance(separator, exp.Chr) else len(separator.name)
    return say("SUBSTR(a, n)", dialect, a=parts, n=exp.Literal.number(length + 1))


def _of_several(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """Greatest and least, which are null where any of theirs is null in BigQuery and Trino, not where all are."""
    if dialect not in ("bigquery", "trino"):
        return None
    given = [node.this, *node.expressions]
    never_null = [one for one in given if isinstance(one, exp.Literal)]
    filled = []
    for place, one in enumerate(given):
        others = never_null[:1] or given[place + 1 :] + given[:place]
        is_whole = isinstance(one, exp.Literal)
        filled.append(one.copy() if is_whole else exp.Coalesce(this=one.copy(), expressions=[x.copy() for x in others]))
    return type(node)(this=filled[0], expressions=filled[1:], ignore_nulls=node.args.get("ignore_nulls"))


def _try_cast(node: exp.Expr, dialect: str) -> exp.Expr | None:
    # Snowflake's takes texts alone, and sqlglot writes one that fails where it cannot know the type.
    if dialect != "snowflake":
        return _decimal(node, dialect)
    return exp.TryCast(this=exp.cast(node.this.copy(), TEXT), to=node.args["to"].copy(), requires_string=True)


def _decimal(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """BigQuery's casts round to no digits of one's own; NUMERIC has 29 digits before the point and 9 behind it."""
    to = node.args["to"]
    if dialect != "bigquery" or not to.is_type(exp.DType.DECIMAL) or not to.expressions:
        return None
    digits, scale = (int(one.name) for one in to.expressions)
    name = "BIGNUMERIC" if scale > 9 or digits - scale > 29 else "NUMERIC"
    cast = type(node)(this=node.this.copy(), to=exp.DataType.build(name, dialect=dialect))
    return exp.Round(this=cast, decimals=exp.Literal.number(scale))


def _differs(node: exp.Expr, dialect: str) -> exp.Expr | None:
    if dialect != "redshift":
        return None
    form = "CASE WHEN a IS NULL THEN NOT b IS NULL WHEN b IS NULL THEN TRUE ELSE a <> b END"
    said = say(form, dialect, a=node.this, b=node.expression)
    return said if isinstance(node, exp.NullSafeNEQ) else exp.not_(said)


# The bytes of a text whose escapes %C3 are bytes of UTF-8; null where the text they make is none.
BYTES_OF_TEXT = (
    "(SELECT SAFE_CONVERT_BYTES_TO_STRING(STRING_AGG(IF(LENGTH(part) = 3, FROM_HEX(SUBSTR(part, 2)), "
    "CAST(part AS BYTES)), b'' ORDER BY place)) "
    "FROM UNNEST(REGEXP_EXTRACT_ALL(a, r'%[0-9A-Fa-f]{2}|[^%]|%')) AS part WITH OFFSET AS place)"
)


def mark_json(statement: exp.Expr) -> None:
    """Note the `try` in which nothing can fail but to read JSON."""
    for node in statement.find_all(exp.Try):
        reads = node.find(exp.FromJson, exp.JSONKeys)
        node.meta["is_of_json"] = bool(reads) and not node.find(exp.Cast, exp.Div, exp.Anonymous)


def _try(node: exp.Expr, dialect: str) -> exp.Expr | None:
    if node.meta.get("is_of_json"):
        # Where JSON cannot be read, its functions give null; Trino's fail.
        return None if dialect == "trino" else node.this.copy()
    if node.this.name.lower() != "url_decode":
        raise NoWordsError("try(...)", node)
    (text,) = node.this.expressions
    forms = {"bigquery": BYTES_OF_TEXT, "trino": "TRY(URL_DECODE(a))"}
    return say(forms.get(dialect, "TRY_URL_DECODE(a)"), dialect, a=text)


RULES = {
    exp.SplitPart: _split_part,
    exp.Contains: _contains,
    exp.StartsWith: _starts_with,
    exp.EndsWith: _ends_with,
    exp.ConcatWs: _concat_ws,
    exp.Greatest: _of_several,
    exp.Least: _of_several,
    exp.Cast: _decimal,
    exp.TryCast: _try_cast,
    exp.NullSafeNEQ: _differs,
    exp.NullSafeEQ: _differs,
    exp.Try: _try,
}
