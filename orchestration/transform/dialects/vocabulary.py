"""The functions that warehouses have, of those that the project's SQL comes to: sqlglot writes others down as well.

A name stands here when the warehouse's documentation has it, and means by it what DuckDB means.
"""

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.tokens import TokenType

# Words of the language that stand before a parenthesis, and types.
SYNTAX = frozenset(
    "all and array as by cast decimal distinct else end except exists explode from group having in int intersect join not "
    "numeric bignumeric on or over partition preceding qualify select struct table then timestamp union using values varchar "
    "when where with by is between interval extract limit".split()
)
EVERYWHERE = frozenset(
    "abs avg ceil chr coalesce concat count exp first_value floor greatest lag last_value lead least length ln lower ltrim max md5 "
    "min nullif power rank regexp_replace replace reverse round row_number sign sqrt stddev_samp substr substring sum "
    "translate trim upper".split()
)
OWN = {
    "snowflake": (
        "array_agg array_contains array_generate_range array_size array_to_string bitand booland_agg boolor_agg charindex "
        "contains convert_timezone date_part date_trunc dateadd datediff endswith filter flatten get greatest_ignore_nulls iff "
        "jarowinkler_similarity json_extract_path_text last_day least_ignore_nulls median month object_keys "
        "percentile_cont percentile_disc regexp_like regexp_substr rtrim split split_part startswith to_timestamp transform "
        "trunc try_cast try_url_decode year try_parse_json to_json get_path"
    ),
    "bigquery": (
        "array_agg array_length array_reverse array_to_string date_diff date_trunc datetime datetime_diff div ends_with "
        "from_hex generate_array if instr json_extract_scalar last_day logical_and logical_or mod regexp_contains "
        "regexp_extract regexp_extract_all rtrim safe_cast safe_convert_bytes_to_string safe_offset safe_ordinal split "
        "starts_with string_agg timestamp timestamp_micros to_hex unix_date unnest edit_distance json_keys parse_json to_json_string json_value json_query_array"
    ),
    "databricks": (
        "array_contains array_join bool_and bool_or collect_list concat_ws contains convert_timezone date_trunc datediff div "
        "endswith filter get get_json_object json_object_keys last_day locate median month percentile_cont percentile_disc "
        "regexp_extract regexp_like sequence split split_part startswith timestamp_micros transform trunc try_cast "
        "try_url_decode year from_json levenshtein explode element_at"
    ),
    "redshift": (
        "bool_and bool_or convert_timezone date_trunc dateadd datediff json_extract_path_text last_day median "
        "percentile_cont position regexp_instr regexp_substr right split_part strpos trunc try_cast try_url_decode"
    ),
    "trino": (
        "array_agg array_join at_timezone bitwise_and bool_and bool_or cardinality concat_ws contains date_add date_diff "
        "date_trunc descriptor element_at exclude_columns filter from_unixtime_nanos if json_extract_scalar json_parse "
        "last_day_of_month month regexp_extract regexp_like sequence split starts_with strpos to_hex to_unixtime to_utf8 "
        "transform truncate try try_cast unnest url_decode with_timezone year levenshtein_distance map_keys json_format map row"
    ),
}
# Functions of one's own, to be made before (docs/engines.md): these warehouses cannot decode the texts of URLs.
TO_BE_MADE = {"snowflake": ("try_url_decode",), "redshift": ("try_url_decode",)}
FUNCTIONS = {dialect: EVERYWHERE | SYNTAX | frozenset(names.split()) for dialect, names in OWN.items()}


def unknown_functions(statement: exp.Expression, sql: str, dialect: str) -> list[str]:
    """Names that stand before a parenthesis in a statement and are no function of the dialect, in their order."""
    named = {alias.name.lower() for alias in statement.find_all(exp.TableAlias)}
    tokens = Dialect.get_or_raise(dialect).tokenize(sql)
    called = (
        token.text.lower()
        for token, following in zip(tokens, tokens[1:], strict=False)
        if following.token_type == TokenType.L_PAREN and token.text[:1].isalpha()
    )
    return [name for name in dict.fromkeys(called) if name not in FUNCTIONS[dialect] | named]
