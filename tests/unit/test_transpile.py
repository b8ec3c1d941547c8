"""What DuckDB's SQL becomes on other engines, where the same words mean something else there."""

import pytest

from orchestration.transform.transpile import TranspileError, is_query, transpile, transpile_type


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        # Of decimals, Spark and PostgreSQL would give decimals; of integers, PostgreSQL an integer.
        ("spark", "select a / b from t", "SELECT CAST(a AS DOUBLE) / b FROM t"),
        ("postgres", "select a / b from t", "SELECT CAST(a AS DOUBLE PRECISION) / b FROM t"),
        ("spark", "select avg(a) from t", "SELECT AVG(CAST(a AS DOUBLE)) FROM t"),
        # An approximate percentile is another number.
        (
            "spark",
            "select percentile_disc(0.5) within group (order by a) from t",
            "SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY a NULLS LAST) FROM t",
        ),
        # A subquery would give `a.*` a column more.
        (
            "spark",
            "select a.* from a qualify row_number() over (partition by b order by c) = 1",
            "SELECT a.* FROM a QUALIFY ROW_NUMBER() OVER (PARTITION BY b ORDER BY c NULLS LAST) = 1",
        ),
        # Java's replacements name a group by $.
        (
            "spark",
            r"select regexp_replace(a, '^(x)\s', '\1-') from t",
            r"SELECT REGEXP_REPLACE(a, '^(x)\\s', '$1-') FROM t",
        ),
        # As it stands, Spark would compare each row with each of the subquery's.
        (
            "spark",
            "select case when a not in (select b from c) then 1 end from t",
            "SELECT CASE WHEN CASE WHEN NOT a IS NULL THEN NOT COALESCE(a IN (SELECT b FROM c), FALSE) END THEN 1 END "
            "FROM t",
        ),
        ("spark", "select a not in (1, 2) from t", "SELECT NOT a IN (1, 2) FROM t"),
        ("spark", "select strlen(a), md5_number(b) from t", "SELECT OCTET_LENGTH(a), MD5(b) FROM t"),
        (
            "spark",
            "select unnest(range(1, n + 1)) as i from t",
            "SELECT EXPLODE(IF((n + 1 - 1) < 1, ARRAY(), SEQUENCE(1, (n + 1 - 1)))) AS i FROM t",
        ),
    ],
)
def test_what_is_meant_is_kept(dialect, sql, expected):
    assert transpile(sql, dialect) == expected


def test_what_an_engine_has_no_words_for_is_an_error():
    with pytest.raises(TranspileError, match=r"IGNORE NULLS.*for postgres"):
        transpile("select lag(a ignore nulls) over (order by b) from t", "postgres")


def test_what_is_no_sql_is_an_error_with_its_line():
    with pytest.raises(TranspileError, match="Line 2"):
        transpile("select a\nfrom t where (b", "spark")


def test_only_queries_are_transpiled():
    assert is_query("  \n(select 1)") and is_query("with a as (select 1) select * from a")
    assert not is_query("describe extended a") and not is_query("create table a using parquet as select 1")


def test_types_are_transpiled():
    assert transpile_type("varchar", "spark") == "STRING"
    assert transpile_type("double", "postgres") == "DOUBLE PRECISION"
