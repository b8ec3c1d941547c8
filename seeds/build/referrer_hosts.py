"""Writes seeds/referrer_hosts.csv from public lists of referring hosts and from rows of our own, which win.

    python seeds/build/referrer_hosts.py <folder of the lists>

The lists are SearchEngines.yml, Socials.yml and AIAssistants.yml of Matomo's searchengine-and-social-list (CC0),
https://github.com/matomo-org/searchengine-and-social-list. Our own rows are in referrer_hosts.txt beside this file.
"""

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

HERE = Path(__file__).parent
SEED = HERE.parent / "referrer_hosts.csv"
# The last list that has a host gives its type: an assistant that searches is an assistant.
LISTS = (("SearchEngines.yml", "search"), ("Socials.yml", "social"), ("AIAssistants.yml", "ai"))
VIDEO_SITES = {"youtube", "vimeo", "bilibili", "niconico", "douyu", "huya", "twitcast"}


def platform_of(name: str) -> str:
    """The name of a site as an id: `Yahoo! Japan` is yahoo_japan."""
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def host_of(address: str) -> str | None:
    """The host as the seed writes it, without `www.`; none for an address with a path, whose host is more than that."""
    host, _, path = address.lower().removeprefix("www.").partition("/")
    return None if path else host.replace("{}", "*")


def listed_hosts(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Host, type and platform of every address of the lists."""
    for file, listed_type in LISTS:
        for name, entry in yaml.safe_load((folder / file).read_text()).items():
            groups = entry if isinstance(entry[0], dict) else [{"urls": entry}]
            platform = platform_of(name)
            referrer_type = "video" if platform in VIDEO_SITES else listed_type
            yield from (
                (host, referrer_type, platform)
                for group in groups
                for host in map(host_of, group["urls"])
                if host is not None
            )


def own_hosts() -> Iterator[tuple[str, str, str]]:
    """The rows of our own."""
    with (HERE / "referrer_hosts.txt").open() as lines:
        for row in csv.DictReader(lines):
            yield row["host"], row["referrer_type"], row["platform"]


def main(folder: Path) -> None:
    """Write the seed."""
    own = {row[0]: row for row in own_hosts()}
    rows = {row[0]: row for row in listed_hosts(folder)} | own
    with SEED.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("host", "referrer_type", "platform"))
        writer.writerows(sorted(rows.values(), key=lambda row: (row[1], row[2], row[0])))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
