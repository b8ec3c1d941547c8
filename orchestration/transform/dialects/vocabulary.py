"""The functions that warehouses have, of those that the project's SQL comes to: sqlglot writes others down as well.

A name stands here when the warehouse's documentation has it, and means by it what is meant here.
"""

from itertools import pairwise

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.tokens import TokenType

# Words of the language that stand before a parenthesis, and types.
SYNTAX = """
    all and array as between by cast decimal distinct else end except exists explode extract from group having
    in interval join limit not on or over qualify right select struct table then timestamp union using values
    varchar when where with
"""
EVERYWHERE = """
    abs avg ceil chr coalesce count exp first_value floor lag last_value lead length ln lower max md5 min nullif
    power rank regexp_replace replace round row_number sign sqrt stddev_samp sum translate trim upper
"""
OWN = {
    "snowflake": """
        array_agg array_contains array_generate_range array_to_string bitand booland_agg boolor_agg charindex
        contains convert_timezone date_part date_trunc dateadd datediff endswith filter flatten get get_path
        greatest_ignore_nulls json_extract_path_text last_day least_ignore_nulls ltrim
        median month object_keys percentile_cont percentile_disc regexp_like regexp_substr rtrim split
        split_part startswith substring to_json to_timestamp transform trunc try_cast try_parse_json
        try_url_decode year
    """,
    "bigquery": """
        array_agg array_reverse array_to_string concat date_diff date_trunc datetime datetime_diff div
        ends_with from_hex generate_array greatest if instr json_extract_scalar json_keys
        json_query_array json_value last_day least logical_and logical_or ltrim mod parse_json regexp_contains
        regexp_extract regexp_extract_all rtrim safe_cast safe_convert_bytes_to_string safe_offset safe_ordinal
        split starts_with string_agg substr substring timestamp_micros to_hex to_json_string unix_date unnest
    """,
    "databricks": """
        array_contains array_join bool_and bool_or collect_list concat concat_ws contains convert_timezone
        date_trunc datediff div element_at endswith filter from_json get get_json_object greatest
        json_object_keys last_day least locate ltrim median month percentile_cont percentile_disc
        regexp_extract regexp_like sequence split split_part startswith substring timestamp_micros transform
        trunc try_cast try_url_decode year
    """,
    "redshift": """
        bool_and bool_or convert_timezone date_trunc dateadd datediff greatest last_day least median
        percentile_cont position regexp_instr regexp_substr reverse split_part substring trunc try_cast
        try_url_decode
    """,
    "trino": """
        array_agg array_join at_timezone bitwise_and bool_and bool_or concat concat_ws contains date_add
        date_diff date_trunc descriptor element_at exclude_columns filter from_unixtime_nanos greatest if
        json_extract_scalar json_format json_parse last_day_of_month least ltrim map
        map_keys month regexp_extract regexp_like reverse row sequence split starts_with strpos substr to_hex
        to_unixtime to_utf8 transform truncate try try_cast unnest url_decode with_timezone year
    """,
}
# Functions of one's own, to be made before (docs/engines.md): these warehouses decode no texts of URLs.
TO_BE_MADE = {"snowflake": ("try_url_decode",), "redshift": ("try_url_decode",)}
FUNCTIONS = {dialect: frozenset(f"{SYNTAX} {EVERYWHERE} {names}".split()) for dialect, names in OWN.items()}


def unknown_functions(statement: exp.Expr, sql: str, dialect: str) -> list[str]:
    """Names that stand before a parenthesis in a statement and are no function of the dialect, in their order."""
    named = {alias.name.lower() for alias in statement.find_all(exp.TableAlias)}
    tokens = Dialect.get_or_raise(dialect).tokenize(sql)
    called = (
        token.text.lower()
        for token, following in pairwise(tokens)
        if following.token_type == TokenType.L_PAREN and token.text[:1].isalpha()
    )
    return [name for name in dict.fromkeys(called) if name not in FUNCTIONS[dialect] | named]
