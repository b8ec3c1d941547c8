"""Identity stitching against an independent union-find, with chains, rings, large groups and a shared device."""

import csv
import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import duckdb

from orchestration.config.settings import Settings
from orchestration.ingest.contract import load_contracts
from orchestration.ingest.loader import load_entity
from tests.end_to_end.nightly_runs import PROJECT_DIR, environment

MAX_DEGREE = 50


def observations() -> list[tuple[str, str]]:
    """Anonymous id and e-mail of each session."""
    chance = random.Random(7)
    chain = [(f"chain{step}", f"chain{step + shift}@a.example") for step in range(400) for shift in (0, 1)]
    pairs = [(f"device{chance.randrange(900)}", f"p{chance.randrange(700)}@b.example") for _ in range(1200)]
    shared_device = [("shared_device", f"p{number}@b.example") for number in range(0, 700, 7)]
    alone = [(f"alone{number}", "") for number in range(50)]
    everything = [*chain, *pairs, *shared_device, *alone]
    chance.shuffle(everything)
    # First seen in the order of the chain: link by link it would take more rounds than stitching may.
    line = [(f"line{step}", f"line{step + shift}@a.example") for step in range(150) for shift in (0, 1)]
    return [*everything, *line]


def components(pairs: list[tuple[str, str]]) -> set[frozenset[str]]:
    """Connected components by union-find, without the links of identifiers seen with too many others.

    Visitors who never identify themselves are not in the graph: each is an anonymous visitor and a person of its own.
    """
    links = {pair for pair in pairs if all(pair)}
    degrees = Counter(node for pair in links for node in pair)
    parents: dict[str, str] = {}

    def root(node: str) -> str:
        parents.setdefault(node, node)
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for node in {node for pair in links for node in pair}:
        root(node)
    for one, other in links:
        if max(degrees[one], degrees[other]) <= MAX_DEGREE:
            parents[root(one)] = root(other)
    groups = defaultdict(set)
    for node in list(parents):
        groups[root(node)].add(node)
    return {frozenset(group) for group in groups.values()}


def sessions_of_people() -> list[tuple[str, str, str]]:
    """Anonymous id, user id and e-mail of each session, in order: people at browsers of their own and of others."""
    chance = random.Random(11)

    def session() -> tuple[str, str, str]:
        person = chance.randrange(150)
        browser = f"browser{person}" if chance.random() < 0.7 else f"browser{chance.randrange(200)}"
        user = f"u{person}" if chance.random() < 0.4 else ""
        email = f"p{person}.{chance.randrange(2)}@b.example" if chance.random() < 0.4 else ""
        return browser, user, email

    return [session() for _ in range(900)]


def people(rows: list[tuple[str, str, str]]) -> set[frozenset[str]]:
    """Persons by the rule for browsers: who is known there first has it, and it links only two who know no others."""
    parents: dict[str, str] = {}

    def root(node: str) -> str:
        parents.setdefault(node, node)
        while parents[node] != node:
            node = parents[node]
        return node

    users_of, emails_of = defaultdict(set), defaultdict(set)
    seen_at: dict[str, list[str]] = defaultdict(list)
    for browser, user, email in rows:
        seen_at[browser] += [node for node in (user, email) if node]
        if user and email:
            users_of[email].add(user)
            emails_of[user].add(email)
            parents[root(user)] = root(email)
    for nodes in seen_at.values():
        users, emails = ({node for node in nodes if ("@" in node) == is_email} for is_email in (False, True))
        if len(users) == len(emails) == 1 and not emails_of[min(users)] and not users_of[min(emails)]:
            parents[root(min(users))] = root(min(emails))
    groups = defaultdict(set)
    for browser, nodes in seen_at.items():
        for node in nodes:
            groups[root(node)].add(node)
        if nodes:
            groups[root(nodes[0])].add(browser)
    return {frozenset(group) for group in groups.values()}


def stitched(home: Path, rows: list[tuple[str, str, str]], **dbt_vars: Any) -> list[tuple[str, str]]:
    """Person and identifier that the models make of sessions a second apart; e-mails are found by their hash."""
    folder = home / "landing" / "standard" / "web_sessions"
    folder.mkdir(parents=True)
    with (folder / "sessions.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["session_id", "started_at", "anonymous_id", "user_id", "email"])
        for number, row in enumerate(rows):
            moment = f"2026-01-01 {number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
            writer.writerow([number, moment, *row])
    for contract in load_contracts():
        load_entity(Settings(home=home), contract)
    (home / "warehouse").mkdir()
    dbt = [Path(sys.executable).with_name("dbt"), "--quiet", "build", "--exclude-resource-type", "test"]
    dbt += ["--exclude-resource-type", "unit_test", "--select", "+int_identifiers_stitched"]
    dbt += ["--vars", json.dumps(dbt_vars)]
    folders = ["--target-path", home / "dbt", "--log-path", home / "dbt"]
    subprocess.run([*dbt, *folders], cwd=PROJECT_DIR, env=environment(home, **dbt_vars), check=True)
    with duckdb.connect(str(home / "warehouse/warehouse.duckdb"), read_only=True) as connection:
        return connection.sql(
            "select person_id, identifier_value from intermediate.int_identifiers_stitched"
        ).fetchall()


def groups_of(persons: list[tuple[str, str]], names: dict[str, str]) -> set[frozenset[str]]:
    """Identifiers of each person, with the e-mails by name."""
    groups = defaultdict(set)
    for person, identifier in persons:
        groups[person].add(names.get(identifier, identifier))
    return {frozenset(group) for group in groups.values()}


def test_persons_are_the_connected_components_of_what_was_seen_together(tmp_path):
    """As user ids the names come back as they are; e-mails would be hashed."""
    pairs = observations()
    rows = [(anonymous, user, "") for anonymous, user in pairs]
    found = groups_of(stitched(tmp_path, rows, merge_people_on_shared_browser=True), {})
    assert found == components(pairs)
    assert max(map(len, found)) > 800
    assert frozenset({"shared_device"}) in found


def test_people_at_one_browser_are_persons_of_their_own(tmp_path):
    rows = sessions_of_people()
    salt = os.environ.get("LSW_SALT") or "development-salt"
    names = {hashlib.md5((salt + email).encode()).hexdigest(): email for _, _, email in rows}
    found = groups_of(stitched(tmp_path, rows), names)
    assert found == people(rows)
    assert max(map(len, found)) > 5
