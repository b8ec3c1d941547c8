"""A word for none, however it is written, is no identifier and merges nobody; what is one is kept as it is."""

import csv
import re
from collections.abc import Callable
from datetime import datetime

import duckdb
import pytest
from dbt.cli.main import dbtRunnerResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import DisjointSet

from orchestration.config.vars import PROJECT_DIR
from orchestration.ingest.contract import CONTRACTS_DIR, load_contract
from orchestration.ingest.load_log import raw_columns

with (PROJECT_DIR / "seeds/placeholder_identifiers.csv").open(newline="") as file:
    PLACEHOLDERS = ["null", *(row["placeholder"] for row in csv.DictReader(file))]
TEMPLATES = ["{{user_id}}", "${userId}", "[[id]]", "*|UNIQID|*", "%%id%%", "<%= id %>", "%7B%7Bid%7D%7D"]
# The identifiers of each record, beside the one that names it.
RECORDS = {
    "web_sessions": ("anonymous_id", "user_id", "email"),
    "web_events": ("anonymous_id", "user_id", "email"),
    "leads": ("email",),
    "activities": ("lead_id", "email"),
}
KEYS = {"web_sessions": "session_id", "web_events": "event_id", "leads": "lead_id", "activities": "activity_id"}
CHAIN = (*(f"int_unified__{entity}" for entity in RECORDS), "int_visitor_observations", "int_identifier_pairs")
INVISIBLE = ["", "\u200b", "\ufeff", "\u00a0"]
SQL = """
    select
        written,
        {{ without_placeholder('cleaned') }} as identifier,
        {{ without_placeholder("'hubspot:' || cleaned", "'hubspot:'") }} as vendor_identifier,
        {{ email_identifier('written') }} as email_hash,
        {{ email_identifier("written || '@' || written || '.example'") }} as address_hash
    from (select written, {{ clean_identifier('written') }} as cleaned from given_words)
"""


# In any case.
placeholders = st.sampled_from(PLACEHOLDERS + TEMPLATES).flatmap(
    lambda word: st.sampled_from([word, word.upper(), word.title()])
)


# Letters and digits behind a letter that begins no placeholder of this length.
identifiers = st.text("abcdefghij0123456789", min_size=1, max_size=12).map("z".__add__)


@pytest.fixture(scope="module")
def ask(
    compile_inline: Callable[[str], str], connection: duckdb.DuckDBPyConnection
) -> Callable[[list[str]], list[tuple[str | None, ...]]]:
    for seed, column in [("placeholder_identifiers", "placeholder"), ("role_mailboxes", "mailbox")]:
        path = PROJECT_DIR / "seeds" / f"{seed}.csv"
        connection.execute(f"create table seeds.{seed} as select {column} from read_csv('{path}', all_varchar = true)")
    sql = compile_inline(SQL)

    def rows_of(words: list[str]) -> list[tuple[str | None, ...]]:
        connection.execute("create or replace table given_words as select unnest(?::varchar[]) as written", [words])
        return connection.sql(sql).fetchall()

    return rows_of


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(placeholders, min_size=1, max_size=20),
    around=st.sampled_from(INVISIBLE),
)
def test_a_placeholder_in_any_spelling_is_no_identifier(words: list[str], around: str, ask: Callable):
    for written, identifier, vendor_identifier, email_hash, _ in ask([around + word + around for word in words]):
        assert (identifier, vendor_identifier, email_hash) == (None, None, None), repr(written)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(identifiers, min_size=1, max_size=20, unique=True))
def test_identifiers_stay_apart_and_as_they_are(words: list[str], ask: Callable):
    rows = ask(words)
    assert [(written, vendor_id) for written, _, vendor_id, _, _ in rows] == [(w, f"hubspot:{w}") for w in words]
    assert [identifier for _, identifier, *_ in rows] == words
    assert len({address_hash for *_, address_hash in rows}) == len(words)


@pytest.fixture(scope="module")
def pairs_of(
    ask: Callable, dbt: Callable[..., dbtRunnerResult], connection: duckdb.DuckDBPyConnection
) -> Callable[[list[tuple[str, dict[str, str]]]], list[tuple[str, str | None]]]:
    """The identifiers seen together, and those seen alone, in records: an entity and its values."""
    compiled = dbt("--select", *CHAIN, "--vars", '{"as_of": "2026-06-01"}').result.results
    models = {result.node.name: result.node.compiled_code for result in compiled}
    for entity in RECORDS:
        columns = raw_columns(load_contract(CONTRACTS_DIR / f"standard/{entity}.yml"))
        types = ", ".join(f'"{name}" {data_type}' for name, data_type in columns.items())
        # The vendors' tables have the same columns, and no rows.
        for feed in set(re.findall(r"stg_\w+(?=__)", models[f"int_unified__{entity}"])):
            connection.execute(f"create table staging.{feed}__{entity} ({types}, file_row_number bigint)")

    def build(records: list[tuple[str, dict[str, str]]]) -> list[tuple[str, str | None]]:
        for entity in RECORDS:
            connection.execute(f"delete from staging.stg_standard__{entity}")
        for entity, values in records:
            moment = {"web_sessions": "started_at", "leads": "created_at"}.get(entity, "occurred_at")
            row = {**values, moment: datetime(2026, 1, 1)}
            connection.execute(
                f"insert into staging.stg_standard__{entity} ({', '.join(row)}) values ({', '.join('?' * len(row))})",
                list(row.values()),
            )
        for model in CHAIN:
            connection.execute(f"create or replace table intermediate.{model} as {models[model]}")
            if model == "int_unified__web_sessions":
                connection.execute(f"create or replace table intermediate.int_sessions as from intermediate.{model}")
        return connection.sql("select identifier, other_identifier from intermediate.int_identifier_pairs").fetchall()

    return build


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(
        st.tuples(st.sampled_from([(entity, field) for entity in RECORDS for field in RECORDS[entity]]), placeholders),
        min_size=2,
        max_size=12,
    )
)
def test_a_placeholder_in_any_identifier_merges_nobody(pairs_of: Callable, drawn: list[tuple[tuple[str, str], str]]):
    records = []
    for number, ((entity, field), placeholder) in enumerate(drawn):
        own = {name: f"{name}{number}@z.example" for name in RECORDS[entity]}
        records.append((entity, {**own, KEYS[entity]: f"key{number}", field: placeholder}))
    pairs = pairs_of(records)
    persons = DisjointSet(identifier for identifier, _ in pairs)
    for identifier, other in pairs:
        if other is not None:
            persons.merge(identifier, other)
    assert persons.n_subsets == len(records)
