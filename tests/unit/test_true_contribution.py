"""What a source truly contributes: whom the simulated company loses without it, all else equal."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sample_company.parameters import CODES, SOURCES
from sample_company.persuasion import Decision, Touches
from sample_company.simulation import SampleCompany, customers_without, simulate
from sample_company.truth import true_contributions

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


def lifts_left(company: SampleCompany, decision: Decision, gone: str) -> dict[int, list[float]]:
    """Per person who decides: the lifts of the touches that are left, one by one."""
    lifts: dict[int, list[float]] = {}
    touches = decision.touches
    for decider, person, code in zip(decision.persuaded, touches.person, touches.source, strict=True):
        if gone not in (NAMES[code], NAMES[company.people.source[person]]):
            lifts.setdefault(int(decider), []).append(SOURCES[code].lift)
    return lifts


@pytest.mark.parametrize("name", ["retargeting", "email_marketing", "direct", "webinar"])
def test_a_customer_is_lost_with_the_touches_that_the_lead_or_the_deal_needed(
    company: SampleCompany, name: str
) -> None:
    """Person by person, in plain arithmetic."""
    people = company.people
    decisions = [(company.becomes_lead, 1.0), (company.wins, 0.3)]
    lifts = [lifts_left(company, decision, name) for decision, _ in decisions]
    lost_by = {"first": 0, "lead": 0, "deal": 0}
    left = []
    for founder in map(int, np.flatnonzero(people.is_won)):
        reasons = ["first"] if people.source[founder] == CODES[name] else []
        for reason, (decision, strength), given in zip(("lead", "deal"), decisions, lifts, strict=True):
            if founder < len(decision.rate):  # leads of the unclear quotas never decided
                odds = decision.rate[founder] / (1 - decision.rate[founder])
                odds *= math.prod(given.get(founder, [])) ** strength
                reasons += [reason] if decision.draw[founder] >= odds / (1 + odds) else []
        left += [] if reasons else [founder]
        for reason in reasons:
            lost_by[reason] += 1
    assert np.flatnonzero(customers_without(company, name)).tolist() == left
    assert lost_by["lead"] > 0
    assert lost_by["deal"] > 0


def test_colleagues_go_with_the_source_that_brought_them(company: SampleCompany) -> None:
    """A deal that needs its colleagues' sessions is lost with the sources that brought them first."""
    people, wins = company.people, company.wins
    by_colleague = wins.touches.person != wins.persuaded
    tested = 0
    for founder in np.flatnonzero(people.is_won & ~wins.says_yes(~by_colleague)):
        rows = (wins.persuaded == founder) & by_colleague
        brought_by = {NAMES[code] for code in people.source[wins.touches.person[rows]]}
        if NAMES[people.source[founder]] not in brought_by:
            tested += 1
            assert not customers_without(company, *brought_by)[founder]
    assert tested


def test_touches_count_from_the_lead_to_the_end_of_the_deal(company: SampleCompany) -> None:
    people, wins, leads = company.people, company.wins, company.becomes_lead
    assert (people.account[wins.touches.person] == people.account[wins.persuaded]).all()
    assert people.is_founder[wins.persuaded].all()
    assert (wins.touches.at >= people.lead_at[wins.persuaded]).all()
    assert (wins.touches.at < people.closed_at[wins.persuaded]).all()
    is_lead = people.is_lead[leads.persuaded]
    assert (leads.touches.at > people.first_at[leads.persuaded]).all()
    assert (leads.touches.at < people.lead_at[leads.persuaded])[is_lead].all()


def test_every_persuading_touch_is_a_session(company: SampleCompany) -> None:
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
