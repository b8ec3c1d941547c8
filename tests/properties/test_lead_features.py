"""Features of a lead look at nothing after their moment: what is said of a day is what was said on that day."""

import json
import random
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from orchestration.config.vars import PROJECT_DIR

THEN = datetime(2026, 3, 1)
LATER = datetime(2027, 6, 1)
AGES = [0, 7, 30]
MODELS = ["int_linked_touches", "int_lead_snapshots", "int_lead_paths", "int_lead_features"]
TABLES = {
    "int_leads": "lead_id varchar, person_id varchar, entry_method varchar, created_at timestamp",
    "int_lead_stages": (
        "lead_id varchar, mql_at timestamp, sql_at timestamp, opportunity_at timestamp, customer_at timestamp"
    ),
    "int_lead_stage_history": "lead_id varchar, stage varchar, entered_at timestamp, left_at timestamp",
    "int_deals": "lead_id varchar, amount decimal(18, 6), is_first_won boolean",
    "int_identified_touchpoints": (
        "touchpoint_id varchar, person_id varchar, touch_type varchar, source varchar, occurred_at timestamp"
    ),
    "int_sessions": "session_id varchar, anonymous_id varchar",
    "int_activities": (
        "activity_id varchar, person_id varchar, activity_type varchar, direction varchar, occurred_at timestamp"
    ),
    "int_identifier_pairs": (
        "identifier varchar, identifier_type varchar, other_identifier varchar, first_seen_at timestamp"
    ),
    "int_identifiers_stitched": "identifier varchar, identifier_type varchar, person_id varchar",
    "int_lead_sources": "lead_id varchar, crm_source varchar",
    "int_lead_forms": "lead_id varchar, form_kind varchar",
    "int_lead_segments": "lead_id varchar, company_size varchar, industry varchar, country varchar",
    "int_lead_fit_points": "lead_id varchar, points integer",
}
Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def compiled(dbt) -> dict[datetime, dict[str, str]]:
    """SQL of the models by name, as of both days."""
    found = {}
    for now in (THEN, LATER):
        variables = {"as_of": now.isoformat(sep=" "), "prediction_ages_days": AGES}
        done = dbt("--select", *MODELS, "--vars", json.dumps(variables))
        found[now] = {result.node.name: result.node.compiled_code for result in done.result.results}
    return found


def company(seed: int) -> Rows:
    """Leads that are of an age of learning on the day, and what happens to them before and after."""
    at_random = random.Random(seed)

    def moment() -> datetime:
        return THEN + timedelta(minutes=at_random.randint(-60 * 24 * 60, 60 * 24 * 60))

    rows: Rows = {table: [] for table in TABLES}
    for number in range(60):
        lead, person = f"lead{number}", f"person{number}"
        created_at = THEN - timedelta(days=AGES[number % len(AGES)])
        rows["int_leads"].append((lead, person, "form", created_at))
        reached = sorted(max(moment(), created_at) for _ in range(4))
        dates = [at if at_random.random() < 0.5 else None for at in reached]
        rows["int_lead_stages"].append((lead, *dates))
        changes = [("lead", created_at)]
        changes += [
            (stage, at) for stage, at in zip(("mql", "sql", "opportunity", "customer"), dates, strict=True) if at
        ]
        for (stage, at), after in zip(changes, [*changes[1:], (None, None)], strict=True):
            rows["int_lead_stage_history"].append((lead, stage, at, after[1]))
        rows["int_deals"].append((lead, 1000, dates[3] is not None))
        rows["int_lead_sources"].append((lead, "unknown"))
        rows["int_lead_forms"].append((lead, "contact"))
        rows["int_lead_segments"].append((lead, "11-50", "software", "DE"))
        rows["int_lead_fit_points"].append((lead, 12))
        browse(rows, at_random, number, moment)
        for touch in range(3):
            name, at = f"{number}-{touch}", moment()
            kind, direction = at_random.choice(["call", "meeting", "email"]), at_random.choice(["inbound", "outbound"])
            rows["int_activities"].append((name, person, kind, direction, at))
            if at_random.random() < 0.5:
                source = at_random.choice(["webinar", "direct"])
                rows["int_identified_touchpoints"].append((f"activity:{name}", person, kind, source, at))
    return rows


def browse(rows: Rows, at_random: random.Random, number: int, moment: Any) -> None:
    """A browser with sessions, linked to the person's e-mail directly or through a user id."""
    person, browser, email, user = (f"{name}{number}" for name in ("person", "anonymous:b", "email:e", "user:u"))
    rows["int_identifiers_stitched"] += [
        (browser, "anonymous", person),
        (email, "email", person),
        (user, "user", person),
    ]
    if at_random.random() < 0.5:
        links = [(browser, email, moment())]
    else:
        links = [(browser, user, moment()), (user, email, moment())]
    for one, other, at in links:
        for name, second in ((one, other), (other, one)):
            rows["int_identifier_pairs"].append((name, name.partition(":")[0], second, at))
    for session in range(3):
        name = f"{number}-{session}"
        source = at_random.choice(["google_ads_search", "linkedin_ads", "direct"])
        rows["int_sessions"].append((name, browser.partition(":")[2]))
        rows["int_identified_touchpoints"].append((f"session:{name}", person, "session", source, moment()))


def known_on(rows: Rows, now: datetime) -> Rows:
    """What a run of that day would have been given: nothing later, and no session of a browser linked later."""
    links: dict[str, datetime] = {}
    for identifier, _, other, at in rows["int_identifier_pairs"]:
        for name in (identifier, other):
            person = name.lstrip("abcdefghijklmnopqrstuvwxyz:")
            links[person] = max(at, links.get(person, at))
    dated = ("int_identifier_pairs", "int_activities", "int_identified_touchpoints")
    at_most = {table: [row for row in rows[table] if row[-1] <= now] for table in dated}
    return rows | {
        "int_identifier_pairs": at_most["int_identifier_pairs"],
        "int_activities": at_most["int_activities"],
        "int_identified_touchpoints": [
            row
            for row in at_most["int_identified_touchpoints"]
            if row[2] != "session" or links[row[1].removeprefix("person")] <= now
        ],
        "int_lead_stages": [
            (lead, *(at if at and at <= now else None for at in dates)) for lead, *dates in rows["int_lead_stages"]
        ],
        "int_lead_stage_history": [
            (lead, stage, entered_at, left_at if left_at and left_at <= now else None)
            for lead, stage, entered_at, left_at in rows["int_lead_stage_history"]
            if entered_at <= now
        ],
    }


def features(rows: Rows, models: dict[str, str], where: str) -> list[tuple[Any, ...]]:
    """What the features are, without what came later and whether they are of now."""
    with duckdb.connect() as connection:
        connection.execute("create schema intermediate; create schema seeds")
        for table, columns in TABLES.items():
            connection.execute(f"create table intermediate.{table} ({columns})")
            if rows[table]:
                marks = ", ".join("?" * len(rows[table][0]))
                connection.executemany(f"insert into intermediate.{table} values ({marks})", rows[table])
        for seed in ("score_touch_points", "activity_types"):
            connection.execute(f"create table seeds.{seed} as from '{PROJECT_DIR}/seeds/{seed}.csv'")
        for name in MODELS:
            connection.execute(f"create table intermediate.{name} as {models[name]}")
        later = "is_current, trained_at, observed_until_at, sql_at, opportunity_at, customer_at, customer_value"
        return connection.sql(
            f"select * exclude ({later}) from intermediate.int_lead_features where {where} order by lead_id"
        ).fetchall()


def both(compiled: dict[datetime, dict[str, str]], rows: Rows, later: dict[str, str]) -> tuple[list[Any], list[Any]]:
    """Features on the day, and of the day as they are looked back at later."""
    on_the_day = features(known_on(rows, THEN), compiled[THEN], "is_current")
    looked_back = features(rows, later, f"not is_current and known_at = timestamp '{THEN}'")
    return on_the_day, looked_back


@pytest.mark.parametrize("seed", range(3))
def test_what_is_learnt_from_a_day_is_what_was_known_on_it(compiled: dict[datetime, dict[str, str]], seed: int):
    on_the_day, looked_back = both(compiled, company(seed), compiled[LATER])
    assert len(on_the_day) > 20
    assert looked_back == on_the_day


LEAKS = {
    "touches of later": ("int_lead_paths", "snapshots.known_at >= touches.known_at", "snapshots.known_at is not null"),
    "sessions before anybody knew whose": ("int_linked_touches", "browsers.linked_at end", "touches.occurred_at end"),
    "activities of later": (
        "int_lead_features",
        "snapshots.known_at >= activities.occurred_at",
        "snapshots.known_at is not null",
    ),
    "the stage of later": (
        "int_lead_snapshots",
        "moments.known_at < stage_history.left_at",
        "stage_history.left_at is not null",
    ),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_found(compiled: dict[datetime, dict[str, str]], leak: str):
    model, condition, without = LEAKS[leak]
    assert condition in compiled[LATER][model]
    leaking = compiled[LATER] | {model: compiled[LATER][model].replace(condition, without)}
    on_the_day, looked_back = both(compiled, company(0), leaking)
    assert looked_back != on_the_day
