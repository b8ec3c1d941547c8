"""JSON, which tables keep as texts: fields by a name that is no constant, keys, and lists of objects."""

import json
from typing import Any

from sqlglot import exp

from orchestration.transform.dialects.words import NoWordsError, say

KEYS = {
    "snowflake": "OBJECT_KEYS(TRY_PARSE_JSON(a))",
    "bigquery": "JSON_KEYS(SAFE.PARSE_JSON(a), 1)",
    "databricks": "JSON_OBJECT_KEYS(a)",
    "trino": "MAP_KEYS(CAST(JSON_PARSE(a) AS MAP(VARCHAR, JSON)))",
}
# A field as JSON, and its text where it is a text or number.
FIELDS = {
    "snowflake": "TO_JSON(GET(TRY_PARSE_JSON(a), k))",
    "bigquery": "TO_JSON_STRING(SAFE.PARSE_JSON(a)[k])",
    "databricks": "ELEMENT_AT(FROM_JSON(a, 'map<string,string>'), k)",
    "trino": "JSON_FORMAT(ELEMENT_AT(CAST(JSON_PARSE(a) AS MAP(VARCHAR, JSON)), k))",
}
TEXTS = {
    "snowflake": "CAST(GET(TRY_PARSE_JSON(a), k) AS VARCHAR)",
    "bigquery": "JSON_VALUE(SAFE.PARSE_JSON(a)[k])",
    "databricks": "ELEMENT_AT(FROM_JSON(a, 'map<string,string>'), k)",
    "trino": "ELEMENT_AT(CAST(JSON_PARSE(a) AS MAP(VARCHAR, VARCHAR)), k)",
}
# Redshift's is an empty text where the field is absent.
CONSTANT = {"redshift": "NULLIF(JSON_EXTRACT_PATH_TEXT(a, k, TRUE), '')"}
# A list of objects, and a field of one of them.
LISTS = {
    "snowflake": "CAST(TRY_PARSE_JSON(a) AS ARRAY)",
    "bigquery": "JSON_QUERY_ARRAY(a)",
    "databricks": "FROM_JSON(a, 'ARRAY<{}>')",
    "trino": "CAST(JSON_PARSE(a) AS ARRAY({}))",
}
OF_LISTS = {"snowflake": "CAST(GET_PATH(a, k) AS VARCHAR)", "bigquery": "JSON_VALUE(a, k)"}
LISTS_AS_TEXT = {"bigquery": "TO_JSON_STRING(a)", "trino": "JSON_FORMAT(CAST(a AS JSON))"}


def _keys(node: exp.Expr, dialect: str) -> exp.Expr | None:
    return say(KEYS[dialect], dialect, a=node.this) if dialect in KEYS else None


def _field(node: exp.Expr, dialect: str) -> exp.Expr | None:
    path: Any = node.expression
    is_text = isinstance(node, exp.JSONExtractScalar)
    if isinstance(path, exp.JSONPath | exp.Literal):
        name = path.expressions[-1].name if isinstance(path, exp.JSONPath) else ""
        form = CONSTANT.get(dialect) if is_text and name else None
        return say(form, dialect, a=node.this, k=exp.Literal.string(name)) if form else None
    forms = TEXTS if is_text else FIELDS
    if dialect not in forms:
        raise NoWordsError("a field of a JSON object by a name that is no constant", node)
    return say(forms[dialect], dialect, a=node.this, k=_name(path))


def _name(path: exp.Expr) -> exp.Expr:
    """The name in '$."' || name || '"', and in '/' || replace(name, ...)."""
    names: list[Any] = [one for one in path.find_all(exp.Identifier) if not isinstance(one.parent, exp.Column)]
    name: Any = names[0] if names else path.find(exp.Column)
    return name.copy()


def _list(node: exp.Expr, dialect: str) -> exp.Expr | None:
    form = LISTS.get(dialect)
    if form is None:
        return None
    (item,) = json.loads(node.expression.name)
    return say(form.format(_type(item, dialect)), dialect, a=node.this)


def _type(item: Any, dialect: str) -> str:
    """The type of a value of the list; `varchar` of a text, a row of an object."""
    if not isinstance(item, dict):
        return "STRING" if dialect == "databricks" else "VARCHAR"
    if dialect == "databricks":
        return f"STRUCT<{', '.join(f'{key}: {_type(value, dialect)}' for key, value in item.items())}>"
    return f"ROW({', '.join(f'{key} {_type(value, dialect)}' for key, value in item.items())})"


def _of_list(node: exp.Expr, dialect: str) -> exp.Expr | None:
    """`tag.value.text`: the whole path at its outermost dot."""
    if dialect not in OF_LISTS or isinstance(node.parent, exp.Dot):
        return None
    names: list[str] = []
    root = node
    while isinstance(root, exp.Dot):
        names.insert(0, root.expression.name)
        root = root.this
    path = ".".join(names)
    return say(OF_LISTS[dialect], dialect, a=root, k=exp.Literal.string(f"$.{path}" if dialect == "bigquery" else path))


def _list_as_text(node: exp.Expr, dialect: str) -> exp.Expr | None:
    is_list = isinstance(node.this, exp.Transform) or (isinstance(node.this, exp.Array) and dialect == "bigquery")
    if dialect not in LISTS_AS_TEXT or not is_list or not node.is_type(exp.DType.TEXT, exp.DType.VARCHAR):
        return None
    return say(LISTS_AS_TEXT[dialect], dialect, a=node.this)


RULES = {
    exp.JSONKeys: _keys,
    exp.JSONExtract: _field,
    exp.JSONExtractScalar: _field,
    exp.FromJson: _list,
    exp.Dot: _of_list,
    exp.Cast: _list_as_text,
}
