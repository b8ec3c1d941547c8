"""Rebuilds seeds/free_mail_domains.csv from two public lists and free_mail_domains.yml beside this file.

The lists are npm packages: free-email-domains (MIT) and email-providers (ISC). With both unpacked:
`python seeds/build/free_mail_domains.py free-email-domains/domains.json email-providers/all.json`.
"""

import csv
import json
import re
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).parent
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.([a-z0-9-]+|\*)")


def curated(part: str) -> set[str]:
    """All domains under one heading of the file."""
    groups = yaml.safe_load((HERE / "free_mail_domains.yml").read_text())[part]
    return {domain for domains in groups.values() for domain in domains}


def parents(domain: str) -> set[str]:
    """The domains that this one is part of."""
    labels = domain.split(".")
    return {".".join(labels[start:]) for start in range(1, len(labels) - 1)}


def rows(lists: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Domains and where they are from; what another row covers is left out."""
    sources = {domain: name for name, domains in lists.items() for domain in domains if DOMAIN.fullmatch(domain)}
    sources = {domain: name for domain, name in sources.items() if domain not in curated("leave_out")}
    sources |= dict.fromkeys(curated("add"), "curated")
    return sorted((domain, name) for domain, name in sources.items() if not parents(domain) & sources.keys())


if __name__ == "__main__":
    names = ["email-providers", "free-email-domains"]
    paths = zip(names, reversed(sys.argv[1:]), strict=True)
    read = {name: set(json.loads(Path(path).read_text())) for name, path in paths}
    with (HERE.parent / "free_mail_domains.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("domain", "source"), *rows(read)])
