"""What lies in landing where no entity looks for it. Reading files does not belong here."""

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from orchestration.ingestion.contracts import load_contracts
from orchestration.ingestion.readers import ENDINGS, is_hidden, is_readable_ending
from orchestration.settings import Settings


def build_landing_asset(settings: Settings) -> dg.AssetsDefinition:
    """The look around in landing, so that the graph shows what every night leaves aside."""

    @dg.asset(
        group_name="gate",
        description="Files that no entity reads: in folders that are none of a feed's, or with another ending.",
        kinds={"python"},
        owners=["team:data"],
    )
    def landing() -> dg.MaterializeResult:
        remarks = unread(settings.landing)
        told = "\n".join(f"- {remark}" for remark in remarks)
        return dg.MaterializeResult(
            metadata={"not read": len(remarks), "what": dg.MetadataValue.md(told or "Nothing.")}
        )

    return landing


def unread(landing: Path) -> list[str]:
    """One remark per folder no entity reads files of, and per file of another ending in one that is read."""
    return list(_remarks(landing, {f"{contract.feed}/{contract.entity}" for contract in load_contracts()}))


def _remarks(landing: Path, known: set[str]) -> Iterator[str]:
    for folder, subfolders, names in os.walk(landing):
        subfolders[:] = sorted(name for name in subfolders if not is_hidden(name))
        files = sorted(name for name in names if not is_hidden(name))
        place = Path(folder).relative_to(landing)
        if place.as_posix() in known:
            for name in files:
                if not is_readable_ending(Path(name)):
                    yield f"landing/{place / name} is not read; export it as {', '.join(ENDINGS)}"
        elif files:
            count = "1 file" if len(files) == 1 else f"{len(files)} files"
            target = _nearest([*reversed(place.parts), *files], known)
            remedy = f"did you mean landing/{target}/?" if target else "docs/feeds.md lists the folders that are"
            yield f"{Path('landing') / place}/ is not read ({count}, like {files[0]}); {remedy}"


def _nearest(names: list[str], known: set[str]) -> str | None:
    """The entity that one of the names, the first that does, comes close to."""
    entities = {place.rsplit("/", 1)[1]: place for place in sorted(known)}
    for name in names:
        word = name.split(".")[0].lower()
        if close := difflib.get_close_matches(word, entities, n=1):
            return entities[close[0]]
    return None
