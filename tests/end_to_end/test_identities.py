"""Identity stitching against an independent union-find, with chains, rings, large groups and a shared device."""

import csv
import random
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

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


def test_persons_are_the_connected_components_of_what_was_seen_together(tmp_path):
    pairs = observations()
    folder = tmp_path / "landing" / "standard" / "web_sessions"
    folder.mkdir(parents=True)
    with (folder / "sessions.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["session_id", "started_at", "anonymous_id", "user_id"])
        for number, (anonymous, email) in enumerate(pairs):
            # As user ids the names come back as they are; e-mails would be hashed.
            writer.writerow([number, f"2026-01-01 00:{number // 60 % 60:02}:{number % 60:02}", anonymous, email])
    for contract in load_contracts():
        load_entity(Settings(home=tmp_path), contract)
    (tmp_path / "warehouse").mkdir()
    dbt = [Path(sys.executable).with_name("dbt"), "--quiet", "run", "--select", "+int_identifiers_stitched"]
    folders = ["--target-path", tmp_path / "dbt", "--log-path", tmp_path / "dbt"]
    subprocess.run([*dbt, *folders], cwd=PROJECT_DIR, env=environment(tmp_path), check=True)
    with duckdb.connect(str(tmp_path / "warehouse/warehouse.duckdb"), read_only=True) as connection:
        rows = connection.sql("""
            select person_id, list(split_part(identifier, ':', 2)) from intermediate.int_identifiers_stitched group by 1
        """).fetchall()
    found = {frozenset(members) for _, members in rows}
    assert found == components(pairs)
    assert max(map(len, found)) > 800
    assert frozenset({"shared_device"}) in found
