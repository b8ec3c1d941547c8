"""The history of a lead's stages, computed set by set, is what a reader of its events in order would write down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.config.vars import PROJECT_DIR

START = datetime(2026, 1, 1)
NOW = START + timedelta(days=18)
INACTIVITY = timedelta(days=3)
AHEAD = ["lead", "mql", "sql", "opportunity", "customer"]
# So few days that things often fall on the same one, or an inactivity apart; touches of the last two are in the future.
moments = st.integers(0, 20).map(lambda number: START + timedelta(days=number))
past = moments.map(lambda at: min(at, NOW))


@dataclass(frozen=True)
class Deal:
    """A deal of the lead; open where it was not closed."""

    created_at: datetime
    closed_at: datetime | None
    is_won: bool


@dataclass(frozen=True)
class Case:
    """One lead, with everything that happened to it."""

    created_at: datetime
    entries: list[tuple[str, datetime]]
    deals: list[Deal]
    touches: list[datetime]
    activities: list[datetime]

    @property
    def customer_at(self) -> datetime | None:
        """When its first won deal was won."""
        return min((deal.closed_at for deal in self.deals if deal.is_won), default=None)


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    created_at, is_closed, closed_at = draw(past), draw(st.booleans()), draw(past)
    return Deal(created_at, max(created_at, closed_at) if is_closed else None, is_closed and draw(st.booleans()))


stages = st.sampled_from(["lead", "mql", "sql", "opportunity", "customer", "disqualified", "disqualified", "recycled"])
cases = st.builds(
    Case,
    created_at=past,
    entries=st.lists(st.tuples(stages, past), max_size=4),
    deals=st.lists(deals(), max_size=2),
    touches=st.lists(moments, max_size=7),
    activities=st.lists(moments, max_size=2),
)


def written_down(case: Case) -> list[tuple[str, datetime, str | None]]:
    """Stage, moment and reason of each change, by walking through the moments in order."""
    end, entries = case.customer_at, entries_at(case)
    history: list[tuple[str, datetime, str | None]] = []
    state, furthest = None, -1
    for at in sorted({*entries, *case.touches}):
        if at > NOW or (end and at > end):
            break
        for stage in sorted(entries.get(at, ()), key=[*AHEAD, "disqualified", "recycled"].index):
            if stage in AHEAD and AHEAD.index(stage) > furthest:
                furthest = AHEAD.index(stage)
            elif stage not in AHEAD and stage != state and at != end:
                furthest = -1
            else:
                continue
            state = stage
            history.append((stage, at, "crm" if stage == "recycled" else None))
        if at in case.touches and at not in entries and at != end:
            reason = "disqualified" if state == "disqualified" else "idle" if was_idle(case, entries, at) else None
            if reason:
                state, furthest = "recycled", -1
                history.append(("recycled", at, reason))
    return history


def entries_at(case: Case) -> dict[datetime, set[str]]:
    """Stages by moment, with the skipped ones."""
    opportunity = [deal.created_at for deal in case.deals] + ([case.customer_at] if case.customer_at else [])
    sql = [at for stage, at in case.entries if stage in ("sql", "opportunity", "customer")] + opportunity
    mql = [at for stage, at in case.entries if stage == "mql"] + sql
    entries: dict[datetime, set[str]] = {min([case.created_at, *mql]): {"lead"}}
    for stage, reached in (("mql", mql), ("sql", sql), ("opportunity", opportunity)):
        if reached:
            entries.setdefault(min(reached), set()).add(stage)
    if case.customer_at:
        entries.setdefault(case.customer_at, set()).add("customer")
    for stage, at in case.entries:
        said = "sql" if stage in ("opportunity", "customer") else stage
        entries.setdefault(max(at, case.created_at), set()).add(said)
    for deal in case.deals:
        entries.setdefault(deal.created_at, set()).add("opportunity")
    return entries


def was_idle(case: Case, entries: dict[datetime, set[str]], at: datetime) -> bool:
    """Whether the lead was inactive before a touch."""
    since = at - INACTIVITY
    happened = [*entries, *case.touches, *case.activities]
    in_hand = any(deal.created_at <= at and (not deal.closed_at or deal.closed_at > since) for deal in case.deals)
    return case.created_at <= since and not in_hand and not any(since < other < at for other in happened)


@pytest.fixture(scope="module")
def history_of(connection, compile_models):
    """Fills the inputs with one lead's and builds its history."""
    variables = {"as_of": NOW.isoformat(sep=" "), "recycle_after_days": INACTIVITY.days}
    models = compile_models(variables)
    tables = {
        "intermediate.int_leads": "lead_id varchar, person_id varchar, created_at timestamp",
        "intermediate.int_unified__lead_stages": "lead_id varchar, stage varchar, entered_at timestamp",
        "intermediate.int_deals": (
            "lead_id varchar, is_opportunity boolean, is_first_won boolean, created_at timestamp, won_at timestamp"
        ),
        "intermediate.int_opportunities": (
            "lead_id varchar, is_closed boolean, created_at timestamp, closed_at timestamp"
        ),
        "intermediate.int_identified_touchpoints": "person_id varchar, occurred_at timestamp",
        "intermediate.int_activities": "person_id varchar, occurred_at timestamp",
    }
    for table, columns in tables.items():
        connection.execute(f"create or replace table {table} ({columns})")

    stages = PROJECT_DIR / "seeds" / "lifecycle_stages.csv"
    connection.execute(f"create or replace table seeds.lifecycle_stages as from '{stages}'")

    def insert(table, rows):
        connection.execute(f"delete from {table}")
        for row in rows:
            connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)

    def build(case: Case):
        won_first = [deal for deal in case.deals if deal.is_won and deal.closed_at == case.customer_at][:1]
        rows = [
            [("L", "ann", case.created_at)],
            [("L", stage, at) for stage, at in set(case.entries)],
            [
                ("L", True, any(deal is first for first in won_first), deal.created_at,
                 deal.closed_at if deal.is_won else None)
                for deal in case.deals
            ],
            [("L", deal.closed_at is not None, deal.created_at, deal.closed_at) for deal in case.deals],
            [("ann", at) for at in case.touches],
            [("ann", at) for at in case.activities],
        ]  # fmt: skip
        for table, given_rows in zip(tables, rows, strict=True):
            insert(table, given_rows)
        for model in ("int_lead_stages", "int_lead_stage_entries", "int_lead_reactivations", "int_lead_stage_history"):
            connection.execute(f"create or replace table intermediate.{model} as {models[model]}")
        return connection.sql("""
            select stage, entered_at, recycled_because, previous_stage, left_at
            from intermediate.int_lead_stage_history order by entry_number
        """).fetchall()

    return build


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases)
def test_history_is_what_a_reader_would_write_down(history_of, case):
    rows = history_of(case)
    assert [row[:3] for row in rows] == written_down(case)
    assert [previous for *_, previous, _ in rows] == [None, *[stage for stage, *_ in rows[:-1]]]
    assert [left for *_, left in rows] == [*[row[1] for row in rows[1:]], None]
