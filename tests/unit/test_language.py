"""The project's words: one thing has one name, and the names that were replaced do not come back.

docs/glossary.md says which words to use. `python -m tests.unit.test_language` counts what is left, per folder.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from orchestration.config.settings import PROJECT_DIR

FOLDERS = (
    ".",
    ".ci",
    ".github",
    "bench",
    "bi",
    "dbt_project",
    "docs",
    "orchestration",
    "sample_company",
    "seeds",
    "tests",
)
SUFFIXES = {"", ".cfg", ".csv", ".ini", ".json", ".lock", ".md", ".py", ".sql", ".toml", ".yaml", ".yml"}
# The words themselves; what was renamed in which version; a licence; foreign words in example data; pins; domains.
EXCEPTIONS = {
    "tests/unit/test_language.py",
    "CHANGELOG.md",
    "LICENSE",
    "tests/data",
    "requirements-bench.lock",
    "seeds/free_mail_domains.csv",
    "seeds/referrer_hosts.csv",
    "tests/dbt/fixtures/listed_referrers.csv",
}


class Retired(NamedTuple):
    """A word that was replaced, as a regular expression, and lines in which it is an ordinary word."""

    pattern: str
    instead: str
    ordinary: str = "(?!)"


RETIRED = [
    # Runs.
    Retired(r"(?<![a-z])(?:to)?nights?(?![a-z])", "run, this run"),
    Retired(r"\banew\b", "again; rebuilt"),
    Retired(r"\bpartial[_ ]run\b", "incremental run"),
    Retired(r"is_partial|effects_are_due", "is_incremental_run; is_markov_refresh_due"),
    Retired(r"\bset(?:s|ting)?[_ ](?:the \w+ )?aside\b", "archive_and_delete; excluded"),
    Retired(r"\btake_out\b|keep_previous|rows_that_differ|\bbuilt_files\b", "replace_keys; snapshot; row_diff"),
    Retired(r"(?<![a-z_])state\.(?:nights|runs)|['\"`]state['\"`]\.|schema `state`", "run_state"),
    # Attribution and identities.
    Retired(r"\bstrangers?\b", "anonymous visitor; anonymous touchpoint"),
    Retired(r"\bknown[_ ]touch(?:point)?(?:e)?s?\b", "identified touchpoint"),
    Retired(r"\bwork[_ ]touch(?:es)?\b", "activity touchpoint"),
    Retired(r"int_unit_touch|\bunit touch(?:es)?\b", "path-unit touches"),
    Retired(r"\bsightings?\b", "observation"),
    Retired(r"\bsession[_ ]candidates?\b", "sessions with person"),
    Retired(r"\bsource[_ ]combinations?\b", "source signals"),
    Retired(r"\bkiosks?\b", "shared device", r"\"kiosk-checkin"),
    Retired(r"\bis_lead\b(?!\[)", "is_canonical", r"people\.is_lead|\[is_lead\]|sample_company/"),
    Retired(r"\bimplied[_ ]deals?\b|int_implied", "inferred deals"),
    Retired(r"\blead[_ ]returns?\b", "lead reactivations"),
    # Sources and unified models.
    Retired(r"(?<![a-z])doors?(?![a-z])", "source", r"door_hang|next_?door"),
    Retired(r"int_all_", "int_unified__"),
    Retired(r"int_conversion_rates|\bconversion_rates\b", "int_exchange_rates"),
    # Money and decisions.
    Retired(r"everybody(?:s|'s)?|\beveryone(?:'s)?\b", "all sources; all customers", r"seeds/routing_rules"),
    Retired(r"(?<![a-z])speeds?(?: of (?:its )?loss(?:es)?)\b|\bspeeds\b(?! up)", "churn rates"),
    Retired(r"\bas worth\b|\bworth as\b|\* worth\b|\.worth\b", "discount_factor"),
    Retired(r"\bsilences?\b|\bsilent_gaps?\b|\bfe(?:ll|lls) silent\b|silent first", "inactivity; staleness"),
    Retired(r"\bswings?(?:_off|_rows)?\b", "usual deviation; robust z score"),
    Retired(r"is_own_label\b|everybodys_rate", "is_manual_class; overall_rate"),
    Retired(r"\bright angle\b", "errors add in quadrature on the log scale"),
    Retired(r"\b(?:drawn|draws?) towards\b", "shrunk towards"),
    Retired(r"\bluck(?:y|ier)?\b|\bunlucky\b", "chance; upper bound; random draws"),
    Retired(r"[Nn]either money nor a customer", "No spend and no customers"),
    Retired(r"(?<![a-z])mend(?:s|ed|ing)?(?![a-z])", "fix"),
    Retired(r"(?<![a-z])promis(?:e|es|ed)(?![a-z])", "SLA"),
    Retired(r"\bdear(?:er|est)?\b", "expensive"),
    Retired(r"recommendation_ground", "reason_code"),
    Retired(r"(?<![a-z_])(?:said|meaning_of|source_word|stated)\(", "format_number; map_values; normalise_text"),
    Retired(r"macros?/(?:level|said|stated|meaning_of|source_word)\.sql", "the macro's new name"),
    # Python.
    Retired(r"\blanders?\b|LandError", "extractor"),
    Retired(r"(?<![a-z])gates?(?![a-z])", "loader; load log"),
    Retired(r"\bloader's books\b|\bthe books of\b", "load log"),
    Retired(r"\bShelf\b|\bshelf\b", "EntityPaths"),
    Retired(r"(?<![a-z])roads?(?![a-z])", "fast path, strict fallback; scenario"),
    # Figures of speech.
    Retired(r"\bh(?:a|u)ngs? on\b|\bhanging on\b", "depends on"),
    Retired(r"\bt(?:ell|ells|old|elling) of\b", "reports"),
    Retired(r"\bnobody (?:asks|looks|says)\b|\b(?:asks|links) nobody\b", "say what is not read"),
    Retired(r"\bdoings\b|\byardsticks?\b|\bin the crowd\b|\bpencils?\b", "plain words"),
    Retired(
        r"(?<![a-z])visits?(?![a-z])",
        "session",
        r"sample_company|company\.visits|attribution/markov|browser to visit|visits?\?",
    ),
]


def is_exception(path: Path) -> bool:
    relative = path.relative_to(PROJECT_DIR)
    return bool({str(relative), *map(str, relative.parents)} & EXCEPTIONS)


def text_files(folder: str) -> Iterator[Path]:
    """Files of the folder, those of its subfolders too; of `.` the top-level ones alone."""
    root = PROJECT_DIR / folder
    found = root.glob("*") if folder == "." else root.rglob("*")
    for path in sorted(found):
        if path.is_file() and path.suffix in SUFFIXES and not is_exception(path):
            yield path


def old_words(folder: str) -> list[str]:
    """`path:line: word -> instead` for every old word; paths have words too."""
    found = []
    for path in text_files(folder):
        relative = path.relative_to(PROJECT_DIR)
        lines = [str(relative), *path.read_text(errors="replace").splitlines()]
        for number, line in enumerate(lines):
            for word in RETIRED:
                if re.search(word.ordinary, f"{relative}: {line}"):
                    continue
                for match in re.finditer(word.pattern, line, flags=re.IGNORECASE):
                    found.append(f"{relative}:{number}: {match[0]} -> {word.instead}")
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_old_words_do_not_come_back(folder: str):
    found = old_words(folder)
    assert found == [], f"{len(found)} in {folder}"


def test_every_retired_word_is_found_where_it_stands():
    """A pattern that matches nothing would protect nothing."""
    examples = [
        "tonight", "anew", "a partial run", "is_partial_night", "rows set aside", "take_out", "state.nights",
        "strangers", "known touches", "work_touches", "unit touches", "sightings", "session candidates",
        "source_combinations", "a kiosk", "is_lead", "implied deals", "lead returns", "a door", "int_all_leads",
        "int_conversion_rates", "everybody's", "speeds of loss", "as worth", "silence", "swings_off", "is_own_label",
        "at a right angle", "drawn towards", "by bad luck", "Neither money nor a customer", "Mend", "the promise",
        "dearer", "recommendation_ground", "said(", "macros/level.sql", "landers", "the gate", "the books of", "Shelf",
        "both roads", "hangs on", "tells of", "nobody asks", "yardstick", "a visit",
    ]  # fmt: skip
    for word, example in zip(RETIRED, examples, strict=True):
        assert re.search(word.pattern, example, flags=re.IGNORECASE), (word, example)


if __name__ == "__main__":
    for folder in FOLDERS:
        words = old_words(folder)
        print(f"{len(words):5} {folder}")
        for (place, word), count in Counter(
            ("/".join(line.split(":")[0].split("/")[:4]), line.split(": ")[1]) for line in words
        ).most_common():
            print(f"          {count:4} {place}: {word}")
