"""A word for none, however it is written, is no identifier; what is one is kept as it is."""

import csv
from collections.abc import Callable

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.config.vars import PROJECT_DIR

with (PROJECT_DIR / "seeds/placeholder_identifiers.csv").open(newline="") as file:
    PLACEHOLDERS = ["null", *(row["placeholder"] for row in csv.DictReader(file))]
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


@st.composite
def placeholders(draw: st.DrawFn) -> str:
    """A placeholder in any case, with invisible characters around it."""
    word = draw(st.sampled_from(PLACEHOLDERS))
    around = draw(st.sampled_from(INVISIBLE))
    return around + draw(st.sampled_from([word, word.upper(), word.title()])) + around


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
@given(words=st.lists(placeholders(), min_size=1, max_size=20))
def test_a_placeholder_in_any_spelling_is_no_identifier(words: list[str], ask: Callable):
    for written, identifier, vendor_identifier, email_hash, _ in ask(words):
        assert (identifier, vendor_identifier, email_hash) == (None, None, None), repr(written)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(identifiers, min_size=1, max_size=20, unique=True))
def test_identifiers_stay_apart_and_as_they_are(words: list[str], ask: Callable):
    rows = ask(words)
    assert [(written, vendor_id) for written, _, vendor_id, _, _ in rows] == [(w, f"hubspot:{w}") for w in words]
    assert [identifier for _, identifier, *_ in rows] == words
    assert len({address_hash for *_, address_hash in rows}) == len(words)
