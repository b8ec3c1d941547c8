r"""Regular expressions: DuckDB's are RE2's, as BigQuery's; Databricks and Trino read Java's, Redshift PCRE's, and
Snowflake POSIX's extended ones, which have neither (?:...) nor flags nor \p."""

import re

from sqlglot import exp

from orchestration.transform.dialects.words import NoWordsError, say

# The characters of \p{Z}, all that separate words.
SEPARATORS = " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
FULL_MATCHES = {
    "snowflake": "REGEXP_LIKE(a, p, flags)",
    "bigquery": "REGEXP_CONTAINS(a, p)",
    "databricks": "a RLIKE p",
    "redshift": "REGEXP_INSTR(a, p, 1, 1, 0, 'p') > 0",
    "trino": "REGEXP_LIKE(a, p)",
}
REPLACED = {
    "snowflake": "REGEXP_REPLACE(a, p, r, 1, times, flags)",
    "bigquery": "REGEXP_REPLACE(a, p, r)",
    "databricks": "REGEXP_REPLACE(a, p, r)",
    "redshift": "REGEXP_REPLACE(a, p, r, 1, 'p')",
    "trino": "REGEXP_REPLACE(a, p, r)",
}
# An empty text where nothing matches.
EXTRACTED = {
    "snowflake": "CASE WHEN NOT a IS NULL THEN COALESCE(REGEXP_SUBSTR(a, p, 1, 1, flags, g), '') END",
    "bigquery": "CASE WHEN NOT a IS NULL THEN COALESCE(REGEXP_EXTRACT(a, p), '') END",
    "databricks": "REGEXP_EXTRACT(a, p, g)",
    "redshift": "REGEXP_SUBSTR(a, p, 1, 1, flags)",
    "trino": "CASE WHEN NOT a IS NULL THEN COALESCE(REGEXP_EXTRACT(a, p, g), '') END",
}

SNOWFLAKE_WHOLE = "CASE WHEN NOT a IS NULL THEN COALESCE(REGEXP_SUBSTR(a, p, 1, 1, flags), '') END"


def _full_match(node: exp.Expr, dialect: str) -> exp.Expr | None:
    pattern, flags = node.expression, ""
    if isinstance(pattern, exp.Literal):
        said, flags, _ = _said(pattern.name, node, dialect)
        # Snowflake's match the whole text anyway.
        end = r"\z" if dialect in ("databricks", "trino") else "$"
        start = "(?d)^" if dialect == "databricks" else "^"
        whole = said if dialect == "snowflake" else f"{start}(?:{said}){end}"
        pattern = exp.Literal.string(whole)
    elif dialect == "redshift":
        raise NoWordsError("a regular expression in a column", node)
    elif dialect == "snowflake":
        pattern = say("REPLACE(p, '(?:', '(')", dialect, p=pattern)
    else:
        before = exp.Literal.string("(?d)^(?:" if dialect == "databricks" else "^(?:")
        after = exp.Literal.string(r")\z" if dialect in ("databricks", "trino") else ")$")
        pattern = exp.Concat(expressions=[before, pattern.copy(), after])
    return say(FULL_MATCHES[dialect], dialect, a=node.this, p=pattern, flags=exp.Literal.string(flags or "c"))


def _replaced(node: exp.Expr, dialect: str) -> exp.Expr | None:
    text, flags, groups = _said(_constant(node), node, dialect)
    is_of_all = node.text("modifiers") == "g"
    if not is_of_all and not (text.startswith("^") and "|" not in text) and dialect != "snowflake":
        raise NoWordsError("regexp_replace of the first match alone", node)
    mark = "\\" if dialect in ("snowflake", "bigquery") else "$"
    replacement = re.sub(r"\\(\d)", lambda group: f"{mark}{groups[int(group[1])]}", node.args["replacement"].name)
    return say(
        REPLACED[dialect],
        dialect,
        a=node.this,
        p=exp.Literal.string(text),
        r=exp.Literal.string(replacement),
        times=exp.Literal.number(0 if is_of_all else 1),
        flags=exp.Literal.string(flags or "c"),
    )


def _extracted(node: exp.Expr, dialect: str) -> exp.Expr | None:
    text, flags, groups = _said(_constant(node), node, dialect)
    group = int(node.text("group") or 0)
    if group > 1 or (dialect == "bigquery" and len(groups) - 1 != group):
        raise NoWordsError("regexp_extract of one of several groups", node)
    if dialect == "redshift":
        flags = "ep" if group else "p"
    form = EXTRACTED[dialect] if group or dialect != "snowflake" else SNOWFLAKE_WHOLE
    return say(
        form,
        dialect,
        a=node.this,
        p=exp.Literal.string(text),
        g=exp.Literal.number(groups[group]),
        flags=exp.Literal.string((flags or "c") + ("e" if dialect == "snowflake" and group else "")),
    )


def _constant(node: exp.Expr) -> str:
    if not isinstance(node.expression, exp.Literal):
        raise NoWordsError("a regular expression that is no constant", node)
    return node.expression.name


def _said(pattern: str, node: exp.Expr, dialect: str) -> tuple[str, str, list[int]]:
    """The pattern in the dialect, its flags where they stand apart, and the number there of each group that counts."""
    counted = [match.start() for match in _groups(pattern) if not pattern.startswith("(?", match.start())]
    if dialect not in ("snowflake", "redshift"):
        return pattern, "", list(range(len(counted) + 1))
    pattern = _plain_characters(pattern)
    if dialect == "redshift":
        return pattern, "", list(range(len(counted) + 1))
    flags = re.match(r"\(\?([is]+)\)", pattern)
    pattern = pattern[flags.end() :] if flags else pattern
    numbers = [0, *(n for n, match in enumerate(_groups(pattern), 1) if not pattern.startswith("(?", match.start()))]
    parts = ["(" if part == "(?:" else part for part in _parts(pattern)]
    if "(?" in "".join(part for part in parts if part[0] not in "[\\"):
        raise NoWordsError(f"the regular expression {pattern}", node)
    return "".join(parts), flags[1] if flags else "", numbers


def _parts(pattern: str) -> list[str]:
    """The pattern cut into escaped characters, sets of characters, and what is between."""
    return re.findall(r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?:|.", pattern, re.DOTALL)


def _groups(pattern: str) -> list[re.Match[str]]:
    """Where groups begin, flags apart."""
    tokens = re.finditer(r"\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?[a-z]+\))", pattern, re.DOTALL)
    return [token for token in tokens if token[0] == "("]


def _plain_characters(pattern: str) -> str:
    r"""The characters themselves in place of \x{00AD} and \p{Z}."""
    pattern = re.sub(r"\\x\{([0-9A-Fa-f]+)\}", lambda code: chr(int(code[1], 16)), pattern)
    if r"\p{Z}" not in pattern:
        return pattern
    return "".join(
        part.replace(r"\p{Z}", SEPARATORS) if part.startswith("[") else part for part in _parts(pattern)
    ).replace(r"\p{Z}", f"[{SEPARATORS}]")


RULES = {exp.RegexpFullMatch: _full_match, exp.RegexpReplace: _replaced, exp.RegexpExtract: _extracted}
