"""What DuckDB means in the words of warehouses that no test runs on.

Where sqlglot can read the result back, DuckDB runs it and must give what the original gives.
"""

import duckdb
import pytest
import sqlglot

from orchestration.transform.dialects.vocabulary import FUNCTIONS
from orchestration.transform.strict import transpile_strictly
from orchestration.transform.transpile import TranspileError, transpile

ALL = ("snowflake", "bigquery", "databricks", "redshift", "trino")
ROWS = """(
    values
    (1, 'b', null, date '2026-01-31', 'a.b.c', 'x'),
    (2, null, 'c', date '2026-02-28', 'a', 'x'),
    (3, 'a', 'c', null, '', 'y'),
    (7, 'a', 'd', date '2025-12-31', null, 'y'),
    (null, null, null, date '2024-02-29', 'x..', 'z')
) as t (n, a, b, d, h, g)"""


@pytest.mark.parametrize(
    ("columns", "dialects"),
    [
        ("greatest(n, 2), least(a, b), greatest(a, b, 'b')", ALL),
        ("concat_ws('|', a, b, n), concat_ws(chr(31), a, b)", ("snowflake", "bigquery", "databricks", "trino")),
        ("split_part(h, '.', 1), split_part(h, '.', 4), split_part(h, '.', -1), split_part(h, '.', -2)", ALL),
        ("a is distinct from b, a is not distinct from b", ALL),
        ("contains(h, 'a'), contains(h, 'z'), starts_with(h, 'a.'), starts_with(h, '_'), ends_with(h, '.c')", ALL),
        ("d + interval 1 month * n, d - interval 3 month", ALL),
        ("cast(d as timestamp) - interval 1 hour * 24 * n", ("snowflake", "bigquery", "databricks", "redshift")),
        ("cast(d as timestamp) + interval 1 microsecond", ("snowflake", "bigquery", "databricks", "redshift")),
        ("datediff('day', cast(d as timestamp) + interval 23 hour, cast(d as timestamp) + interval 26 hour)", ALL),
        ("datediff('microsecond', cast(d as timestamp), cast(d as timestamp) + interval 3 second)", ALL),
        ("regexp_full_match(h, '(?:a[.])+b[.]c|x.*'), regexp_full_match(h, a)", ("snowflake", "bigquery", "trino")),
        ("regexp_extract(h, '^(?:a[.])?([a-z])', 1), regexp_extract(h, '[.].')", ("snowflake", "bigquery", "trino")),
        (r"regexp_replace(h, '(?i)(?:A)([.])', '<\1>', 'g')", ("snowflake", "bigquery")),
        (r"regexp_replace(h, '^([a-z])', '-\1'), regexp_replace(h, '[.]', '', 'g')", ("snowflake", "bigquery")),
        ("sum(n) over (partition by g order by a), max(n) over (order by d desc)", ("snowflake", "bigquery", "trino")),
        (
            "max(d) over (order by d range between unbounded preceding and interval 1 day preceding)",
            ("bigquery", "trino"),
        ),
        ("first_value(n) over (partition by g order by n)", ALL),
        (
            "list_filter(list_transform(string_split(h, '.'), lambda x: x || '!'), lambda y: y != '!')[2]",
            ("bigquery", "trino"),
        ),
        ("try_cast(h as integer), try_cast(n as decimal(18, 2))", ALL),
        ('json_extract_string(\'{"a": 1, "b": "x"}\', \'$.b\')', ("snowflake", "bigquery", "databricks", "trino")),
        ("timezone('UTC', timezone('Europe/Berlin', cast(d as timestamp)))", ("bigquery", "databricks")),
    ],
)
def test_a_column_is_what_duckdb_gives(columns, dialects):
    _assert_same(f"select n, {columns} from {ROWS}", dialects)


@pytest.mark.parametrize(
    ("sql", "dialects"),
    [
        ("select g, percentile_disc(0.5) within group (order by n) from {} group by g", ("bigquery", "trino")),
        (
            "select percentile_disc(0.67) within group (order by n), "
            "round(percentile_cont(0.9) within group (order by n), 9), median(n) from {}",
            ("bigquery", "trino"),
        ),
        (
            "select n, w from (select n, unnest(string_split(h, '.')) as w from {}) as s",
            ("bigquery", "redshift", "trino"),
        ),
        ("select i from (select unnest(range(3, 12 + 13)) as i) as s", ("bigquery", "redshift", "trino")),
        ("select n, lag(n) over w from {} window w as (partition by g order by n)", ALL),
        ("select g, sum(n) as s from {} group by all", ALL),
        ("select * from {} qualify row_number() over (partition by g order by n) = 1", ("snowflake", "redshift")),
        ("select *, row_number() over (order by n) as m from {} qualify m > 2", ("trino",)),
        ("with x as (select 1 as i) select o.i from x as o left join x as p on o.i is not distinct from p.i", ALL),
    ],
)
def test_a_query_gives_what_duckdb_gives(sql, dialects):
    _assert_same(sql.format(ROWS), dialects)


def _assert_same(sql, dialects):
    with duckdb.connect() as connection:
        expected = sorted(connection.execute(sql).fetchall(), key=str)
        for dialect in dialects:
            (back,) = sqlglot.transpile(transpile(sql, dialect), read=dialect, write="duckdb")
            assert sorted(connection.execute(back).fetchall(), key=str) == expected, f"{dialect}: {back}"


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        # No multiples of intervals.
        ("snowflake", "d + interval 1 hour * 24 * n", "DATEADD(HOUR, (24 * n), d)"),
        ("bigquery", "d - interval 1 month * n", "(d + INTERVAL (-n) MONTH)"),
        # Midnights, not periods of 24 hours.
        ("databricks", "datediff('day', a, b)", "DATEDIFF(DAY, CAST(a AS DATE), CAST(b AS DATE))"),
        # Trino adds no number to a date, and nothing less than a millisecond to a timestamp.
        ("trino", "cast(d as date) - 7", "DATE_ADD('DAY', (-7), CAST(d AS DATE))"),
        (
            "trino",
            "d + interval 1 microsecond",
            "CAST(AT_TIMEZONE(FROM_UNIXTIME_NANOS((CAST(ROUND(TO_UNIXTIME(CAST(d AS TIMESTAMP(6))) * 1000000) "
            "AS BIGINT) + 1) * 1000), 'UTC') AS TIMESTAMP(6))",
        ),
        (
            "trino",
            "timezone('UTC', timezone('Europe/Berlin', d))",
            "CAST(AT_TIMEZONE(WITH_TIMEZONE(d, 'Europe/Berlin'), 'UTC') AS TIMESTAMP(6))",
        ),
        ("snowflake", "timezone('UTC', timezone('Europe/Berlin', d))", "CONVERT_TIMEZONE('Europe/Berlin', 'UTC', d)"),
        ("bigquery", "date_trunc('month', d)", "DATE_TRUNC(d, MONTH)"),
        ("bigquery", "make_timestamp(n)", "CAST(TIMESTAMP_MICROS(n) AS DATETIME)"),
        # BigQuery's casts do not round.
        ("bigquery", "cast(n as decimal(28, 12))", "ROUND(CAST(n AS BIGNUMERIC), 12)"),
        ("bigquery", "cast(n as decimal(28, 6))", "ROUND(CAST(n AS NUMERIC), 6)"),
        ("trino", "cast(n as timestamp)", "CAST(n AS TIMESTAMP(6))"),
        # Java's `.` and end of a text.
        ("databricks", "regexp_full_match(h, '(?:a)+')", r"(REGEXP_LIKE(h, '(?d)^(?:(?:a)+)\\z'))"),
        ("redshift", "regexp_full_match(h, 'a')", "(REGEXP_INSTR(h, '^(?:a)$', 1, 1, 0, 'p') > 0)"),
        ("redshift", r"regexp_replace(h, '([.])', '<\1>', 'g')", "REGEXP_REPLACE(h, '([.])', '<$1>', 1, 'p')"),
        ("trino", r"regexp_replace(h, '([.])', '<\1>', 'g')", "REGEXP_REPLACE(h, '([.])', '<$1>')"),
        # POSIX has no flags, no groups that do not count, no classes of characters by name, and no \x{}.
        (
            "snowflake",
            r"regexp_full_match(h, '(?s)(?:\p{Z}|[(?:]).')",
            "(REGEXP_LIKE(h, '([ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[(?:]).', 's'))",
        ),
        (
            "snowflake",
            r"regexp_replace(h, '[\x{00AD}\p{Z}]', '', 'g')",
            "REGEXP_REPLACE(h, '[\u00ad \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]', '', 1, 0, 'c')",
        ),
        (
            "snowflake",
            "regexp_extract(h, '(?:a)(b)', 1)",
            "CASE WHEN NOT h IS NULL THEN COALESCE(REGEXP_SUBSTR(h, '(a)(b)', 1, 1, 'ce', 2), '') END",
        ),
        # Decoded, or null.
        ("databricks", "try(url_decode(h))", "TRY_URL_DECODE(h)"),
        ("trino", "try(url_decode(h))", "TRY(URL_DECODE(h))"),
        # An element that a list has not is null.
        ("databricks", "list_filter(l, lambda x: x != '')[1]", "GET(FILTER(l, x -> x <> ''), 0)"),
        # JSON.
        ("trino", "json_keys(j)", "MAP_KEYS(CAST(JSON_PARSE(j) AS MAP(VARCHAR, JSON)))"),
        ("bigquery", "json_keys(j)", "JSON_KEYS(SAFE.PARSE_JSON(j), 1)"),
        ("snowflake", "json_extract_string(j, '$.\"' || k || '\"')", "CAST(GET(TRY_PARSE_JSON(j), k) AS VARCHAR)"),
        ("redshift", "json_extract_string(j, '$.k')", "NULLIF(JSON_EXTRACT_PATH_TEXT(j, 'k', TRUE), '')"),
        (
            "databricks",
            """from_json(j, '[{"key": "VARCHAR", "value": {"n": "VARCHAR"}}]')""",
            "FROM_JSON(j, 'ARRAY<STRUCT<key: STRING, value: STRUCT<n: STRING>>>')",
        ),
        (
            "trino",
            """from_json(j, '[{"key": "VARCHAR", "value": {"n": "VARCHAR"}}]')""",
            "CAST(JSON_PARSE(j) AS ARRAY(ROW(key VARCHAR, value ROW(n VARCHAR))))",
        ),
        (
            "snowflake",
            "(list_filter(l, lambda x: x.k = 'a')[1]).v.n",
            "CAST(GET_PATH((GET(FILTER(l, x -> CAST(GET_PATH(x, 'k') AS VARCHAR) = 'a'), 0)), 'v.n') AS VARCHAR)",
        ),
        ("bigquery", "(l[1]).v.n", "(JSON_VALUE((l[0]), '$.v.n'))"),
    ],
)
def test_an_expression_in_other_words(dialect, sql, expected):
    assert transpile(f"select {sql}", dialect) == f"SELECT {expected}"


def test_qualify_with_a_star_adds_no_column():
    assert transpile("select a.* from a qualify row_number() over (order by b) = 1", "trino") == (
        "SELECT * FROM TABLE(EXCLUDE_COLUMNS(INPUT => TABLE(SELECT * FROM (SELECT a.*, ROW_NUMBER() OVER (ORDER BY b) "
        "AS value_1 FROM a) AS all_rows WHERE (value_1 = 1)), COLUMNS => DESCRIPTOR(value_1)))"
    )


def test_tables_have_a_schema_and_no_database():
    assert transpile('select a from "memory"."marts"."b"', "snowflake") == "SELECT a FROM marts.b"


@pytest.mark.parametrize(
    ("dialect", "what", "message"),
    [
        ("redshift", "regexp_full_match(a,\nb)", "a regular expression in a column"),
        ("redshift", "list_filter(a,\nlambda x: x > b)", "a function over each element"),
        ("redshift", "sum(a) over (\norder by b)", "a window that ends by value"),
        ("redshift", "percentile_disc(0.5) within group (\norder by a)", "percentile_disc"),
        ("trino", "regexp_replace(a,\n'x', '')", "the first match alone"),
        ("snowflake", "try(\na / b)", r"try\(...\)"),
        ("trino", "cast(a as date) -\ncast(b as date)", "difference of two dates"),
        ("trino", "jaccard(a,\nb)", "trino has no function jaccard"),
        ("bigquery", "contains_substr(a,\nb)", "bigquery has no function contains_substr"),
    ],
)
def test_what_a_warehouse_cannot_say_is_an_error_with_its_line(dialect, what, message):
    with pytest.raises(TranspileError, match=message) as raised:
        transpile_strictly(f"select\n1,\n{what}\nfrom t", dialect)
    assert raised.value.line in (3, 4)


def test_bigquery_joins_rows_without_a_match_by_equal_values():
    with pytest.raises(TranspileError, match="outer join without an equality") as raised:
        transpile_strictly("select a.x\nfrom a\nleft join b on a.x > b.y", "bigquery")
    assert raised.value.line == 3


def test_a_function_that_a_warehouse_lacks_is_not_among_its_own():
    assert all({"count", "md5"} <= names for names in FUNCTIONS.values())
    assert "filter" not in FUNCTIONS["redshift"] and "greatest" not in FUNCTIONS["snowflake"]
