"""What lies in landing where no entity looks for it. Reading files does not belong here."""

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from orchestration.config.settings import Settings
from orchestration.ingest.contract import enabled_contracts, load_contracts
from orchestration.ingest.readers import ENDINGS, is_hidden, is_readable_ending, shown


def build_landing_asset(settings: Settings) -> dg.AssetsDefinition:
    """Asset `landing`: shows in the graph the files that no entity reads."""

    @dg.asset(
        group_name="load_log",
        description="Files that no entity reads: in folders that are none of a feed's, or with another ending.",
        kinds={"python"},
        owners=["team:data"],
    )
    def landing() -> dg.MaterializeResult:
        remarks = unread(settings)
        lines = "\n".join(f"- {remark}" for remark in remarks)
        return dg.MaterializeResult(
            metadata={"not read": len(remarks), "what": dg.MetadataValue.md(lines or "Nothing.")}
        )

    return landing


def unread(settings: Settings) -> list[str]:
    """One remark per folder no entity reads files of, and per file of another ending in one that is read."""
    known = {f"{contract.feed}/{contract.entity}" for contract in enabled_contracts(settings)}
    off = {contract.feed for contract in load_contracts()} - {place.split("/")[0] for place in known}
    return list(_remarks(settings.landing, known, off))


def _remarks(landing: Path, known: set[str], off: set[str]) -> Iterator[str]:
    for folder, subfolders, names in os.walk(landing):
        subfolders[:] = sorted(name for name in subfolders if not is_hidden(name))
        files = sorted(name for name in names if not is_hidden(name))
        place = Path(folder).relative_to(landing)
        if place.as_posix() in known:
            for name in files:
                if not is_readable_ending(Path(name)):
                    yield f"landing/{shown(place / name)} is not read; export it as {', '.join(ENDINGS)}"
        elif files:
            count = "1 file" if len(files) == 1 else f"{len(files)} files"
            remedy = _remedy(place, files, known, off)
            yield f"{shown(Path('landing') / place)}/ is not read ({count}, like {shown(Path(files[0]))}); {remedy}"


def _remedy(place: Path, files: list[str], known: set[str], off: set[str]) -> str:
    if place.parts and place.parts[0] in off:
        return f"add {place.parts[0]} to the var sources_enabled"
    target = _nearest([*reversed(place.parts), *files], known)
    return f"did you mean landing/{target}/?" if target else "docs/feeds.md lists the folders that are"


def _nearest(names: list[str], known: set[str]) -> str | None:
    """The entity that one of the names, the first that does, comes close to."""
    entities = {place.rsplit("/", 1)[1]: place for place in sorted(known)}
    for name in names:
        word = name.split(".")[0].lower()
        if close := difflib.get_close_matches(word, entities, n=1):
            return entities[close[0]]
    return None
