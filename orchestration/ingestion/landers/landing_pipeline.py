"""One lander's night through dlt: fetch what is new, then move it into landing.

dlt writes into an outbox, `landing/.landers/<lander>/`, which the gate does not look into. Only once a load is whole
are its files moved, so that the gate never reads half of one. dlt's cursors are stored in the outbox with each load: a
killed night goes on where it was, also when dlt's working folder is lost.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import dlt
from dlt.common.configuration.exceptions import ConfigurationException
from dlt.destinations import filesystem
from dlt.pipeline.exceptions import PipelineStepFailed

from orchestration.ingestion.landers import Lander
from orchestration.settings import Settings

# In the outbox, what lies below is to be moved to the same place below landing.
READY = "ready"
DLT_SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    # Else a copy of all that ever landed stays in dlt's working folder.
    "LOAD__DELETE_COMPLETED_JOBS": "true",
}


class LandError(Exception):
    """A lander that could not finish; the message says which, why, and which setting to look at."""


def outbox(settings: Settings, lander: str) -> Path:
    """Where a lander's files wait, beside dlt's own books of them."""
    return settings.landing / ".landers" / lander


def land(settings: Settings, lander: Lander) -> list[Path]:
    """Fetch what is new; the files that landed. Raises LandError, then nothing of the unfinished load has landed."""
    os.environ.update(DLT_SETTINGS)
    box = outbox(settings, lander.name)
    pipeline = dlt.pipeline(
        lander.name,
        pipelines_dir=str(settings.home / "dlt"),
        destination=filesystem(
            bucket_url=box.parent.as_uri(),
            layout=f"{READY}/{lander.name}/{{table_name}}/{{load_id}}.{{file_id}}.{{ext}}",
        ),
        dataset_name=lander.name,
    )
    try:
        # What a killed night had fetched comes first: dlt would load it instead of what is new.
        pipeline.run()
        landed = list(_move(box, settings.landing))
        pipeline.run(lander.source(), loader_file_format="parquet")
    except (ConfigurationException, PipelineStepFailed) as error:
        raise LandError(_told(lander, error)) from error
    return landed + list(_move(box, settings.landing))


def _move(box: Path, landing: Path) -> Iterator[Path]:
    """Move every whole file to the same place below landing, dlt's own and hidden ones aside."""
    ready = box / READY
    for file in sorted(ready.glob("*/*/*")):
        place = file.relative_to(ready)
        if any(part.startswith(("_", ".")) for part in place.parts[1:]):
            continue
        if place.parts[0] == box.name and not _load_is_whole(box, file):
            # Of a killed night whose dlt folder is lost: what it had fetched is fetched again.
            file.unlink()
            continue
        target = landing / place
        target.parent.mkdir(parents=True, exist_ok=True)
        yield file.replace(target)


def _load_is_whole(box: Path, file: Path) -> bool:
    load_id = ".".join(file.name.split(".")[:2])
    return (box / "_dlt_loads" / f"{box.name}__{load_id}.jsonl").exists()


def _told(lander: Lander, error: BaseException) -> str:
    cause = error
    while cause := cause.__cause__:
        if isinstance(cause, LandError):
            return str(cause)
    return f"{lander.name}: {error}; look at {lander.credential}"
