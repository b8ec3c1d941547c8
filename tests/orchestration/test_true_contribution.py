"""What a source truly contributes: whom the simulated company loses without it, all else equal."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from orchestration.sample_company.parameters import CODES, SOURCES
from orchestration.sample_company.persuasion import Decision, Touches
from orchestration.sample_company.simulation import SampleCompany, customers_without, simulate
from orchestration.sample_company.truth import true_contributions

UNTIL = date(2026, 6, 15)
NAMES = [source.name for source in SOURCES]


@pytest.fixture(scope="module")
def company() -> SampleCompany:
    return simulate(0.5, 7, UNTIL, 18, True)


def drawn(draw: list[float], *sources: str, strength: float = 1.0) -> Decision:
    """Decisions at a rate of .2 of as many people as draws, all touches being the first person's."""
    first = np.zeros(len(sources), dtype=np.int64)
    touches = Touches(first, first, np.array([CODES[name] for name in sources], dtype=np.int64))
    return Decision(np.full(len(draw), 0.2), np.array(draw), touches, first, strength)


def test_a_touch_multiplies_the_odds_by_its_lift() -> None:
    """Retargeting has a lift of 2: odds of 1/4 become 1/2, a chance of .2 one of 1/3; two touches make it 1/2."""
    assert SOURCES[CODES["retargeting"]].lift == 2
    assert drawn([0.19, 0.19]).says_yes().tolist() == [True, True]
    assert drawn([0.21, 0.21]).says_yes().tolist() == [False, False]
    assert drawn([0.33, 0.33], "retargeting").says_yes().tolist() == [True, False]
    assert drawn([0.34, 0.19], "retargeting").says_yes().tolist() == [False, True]
    assert drawn([0.49], "retargeting", "retargeting").says_yes().tolist() == [True]
    assert drawn([0.34], "retargeting", "retargeting", strength=0.5).says_yes().tolist() == [False]
    assert drawn([0.33], "retargeting", "retargeting", strength=0.5).says_yes().tolist() == [True]


def test_an_uncounted_touch_does_not_speak() -> None:
    decision = drawn([0.33], "retargeting")
    assert decision.says_yes(np.array([True])).tolist() == [True]
    assert decision.says_yes(np.array([False])).tolist() == [False]


def test_no_touch_lowers_a_chance() -> None:
    assert all(source.lift >= 1 for source in SOURCES)


def test_removing_nothing_changes_nothing(company: SampleCompany) -> None:
    assert company.people.is_won.sum() > 200
    assert np.array_equal(customers_without(company), company.people.is_won)


@pytest.mark.parametrize("name", NAMES)
def test_removing_a_source_only_removes(company: SampleCompany, name: str) -> None:
    left = customers_without(company, name)
    assert not (left & ~company.people.is_won).any()
    assert not left[company.people.source == CODES[name]].any()
    both = customers_without(company, name, "organic_search")
    assert not (both & ~left).any()


@pytest.mark.parametrize("name", ["retargeting", "email_marketing", "direct", "webinar"])
def test_only_accounts_that_the_source_touched_are_lost(company: SampleCompany, name: str) -> None:
    """By its own first touch, by touches before the lead, or by those of anybody of the account during the talks."""
    people, code = company.people, CODES[name]
    touched = {int(person) for person in np.flatnonzero(people.source == code)}
    for decision in (company.becomes_lead, company.wins):
        for decider, person, source in zip(
            decision.persuaded, decision.touches.person, decision.touches.source, strict=True
        ):
            if code in (source, people.source[person]):
                touched.add(int(decider))
    lost = {int(person) for person in np.flatnonzero(people.is_won & ~customers_without(company, name))}
    kept = {int(person) for person in np.flatnonzero(people.is_won)} - lost
    assert lost <= touched
    assert kept & touched or name == "webinar", "a touch is not always what decides"


def test_a_colleague_whom_the_source_brought_takes_the_own_touches_along(company: SampleCompany) -> None:
    """A deal won only by a colleague's visits is lost with the source that brought the colleague."""
    people, wins = company.people, company.wins
    by_colleague = wins.touches.person != wins.persuaded
    needed = people.is_won & ~wins.says_yes(~by_colleague)
    assert needed.any()
    for founder in np.flatnonzero(needed):
        rows = (wins.persuaded == founder) & by_colleague
        brought_by = {NAMES[code] for code in people.source[wins.touches.person[rows]]}
        assert not customers_without(company, *brought_by)[founder]


def test_touches_count_from_the_lead_to_the_end_of_the_deal(company: SampleCompany) -> None:
    people, wins, leads = company.people, company.wins, company.becomes_lead
    assert (people.account[wins.touches.person] == people.account[wins.persuaded]).all()
    assert people.is_founder[wins.persuaded].all()
    assert (wins.touches.at >= people.lead_at[wins.persuaded]).all()
    assert (wins.touches.at < people.closed_at[wins.persuaded]).all()
    is_lead = people.is_lead[leads.persuaded]
    assert (leads.touches.at > people.first_at[leads.persuaded]).all()
    assert (leads.touches.at < people.lead_at[leads.persuaded])[is_lead].all()


def test_every_persuading_visit_is_a_session(company: SampleCompany) -> None:
    """What persuades is exported: attribution can see it."""
    end = company.clock.end
    sessions = set(zip(company.visits.person, company.visits.started_at, company.visits.source, strict=True))
    touches = company.becomes_lead.touches
    seen = [row for row in zip(touches.person, touches.at, touches.source, strict=True) if row[1] < end]
    assert seen and set(seen) <= sessions


def test_contributions_show_what_first_touches_do_not(company: SampleCompany) -> None:
    people, contributions = company.people, true_contributions(company)
    assert list(contributions) == NAMES
    found = {name: int((people.is_won & (people.source == CODES[name])).sum()) for name in NAMES}
    for name, contribution in contributions.items():
        assert contribution["customers"] >= found[name] >= 0
        assert (contribution["first_deal_amount"] > 0) == (contribution["customers"] > 0)
    assert found["retargeting"] == 0
    assert contributions["retargeting"]["customers"] > 5
    # Direct brings people back twice as often and changes less.
    assert (company.visits.source == CODES["direct"]).sum() > 2 * (company.visits.source == CODES["retargeting"]).sum()
    assert contributions["direct"]["customers"] - found["direct"] < contributions["retargeting"]["customers"]


def test_the_same_seed_gives_the_same_truth(company: SampleCompany) -> None:
    assert true_contributions(simulate(0.5, 7, UNTIL, 18, True)) == true_contributions(company)
    assert true_contributions(simulate(0.5, 8, UNTIL, 18, True)) != true_contributions(company)


def test_leads_left_out_of_the_export_contribute_nothing(company: SampleCompany) -> None:
    without = true_contributions(replace(company, kept=~company.people.is_manual))
    nothing = {"customers": 0, "first_deal_amount": 0}
    assert without == true_contributions(company) | {"unknown": nothing}
