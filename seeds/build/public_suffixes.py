"""Writes seeds/public_suffixes.csv from the public suffix list (MPL 2.0), https://publicsuffix.org/list/.

    python seeds/build/public_suffixes.py public_suffix_list.dat

The package publicsuffixlist has the list as its data file. Rules of one label are left out: two hosts that only share a
top-level domain are never one site. A name outside ASCII is written in both its forms.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

SEED = Path(__file__).parents[1] / "public_suffixes.csv"


def rules(lines: list[str]) -> Iterator[str]:
    """The rules as the list has them: `co.uk`, `*.ck` and `!www.ck`."""
    for line in map(str.strip, lines):
        if "." in line and not line.startswith("//"):
            yield line
            yield ".".join(label.encode("idna").decode() if not label.isascii() else label for label in line.split("."))


if __name__ == "__main__":
    suffixes = sorted(set(rules(Path(sys.argv[1]).read_text().splitlines())))
    with SEED.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("suffix",), *((suffix,) for suffix in suffixes)])
