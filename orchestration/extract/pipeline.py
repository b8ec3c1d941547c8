"""One extractor's run through dlt: fetch what is new, then move it into landing.

dlt writes into an outbox, `landing/.extractors/<extractor>/`, which the loader does not look into. Only once a load is
whole are its files moved, so that the loader never reads half of one. dlt's cursors are stored in the outbox with each
load: a killed run goes on where it was, also when dlt's working folder is lost.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import dlt
from dlt.common.configuration.exceptions import ConfigFieldMissingException, ConfigurationException
from dlt.destinations import filesystem
from dlt.pipeline.exceptions import PipelineStepFailed

from orchestration.config.locks import exclusive
from orchestration.config.settings import Settings
from orchestration.extract import Extractor

# In the outbox, and in the folder for files that a source brings: what lies below is for the same place below landing.
READY = "ready"
# A line for each thing that the last load left where it was.
REMARKS = "remarks.txt"
DLT_SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    # Else a copy of all that ever landed stays in dlt's working folder.
    "LOAD__DELETE_COMPLETED_JOBS": "true",
}
# What no source can bring about.
OUR_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, NameError, TypeError)


class ExtractError(Exception):
    """An extractor that could not finish; the message says which, why, and which setting to look at."""


def outbox(settings: Settings, extractor: str) -> Path:
    """Where an extractor's files wait, beside dlt's own records of them."""
    return settings.landing / ".extractors" / extractor


def files_outbox(settings: Settings, extractor: str) -> Path:
    """Where an extractor that brings files puts them itself. dlt wants its own outbox to be its own work."""
    return settings.landing / ".extractors" / f"{extractor}.files"


def land(settings: Settings, extractor: Extractor) -> list[Path]:
    """Fetch what is new; the files that landed. Raises ExtractError, then nothing of the unfinished load has landed.

    One load of an extractor at a time, as two would fetch the same; a second one waits.
    """
    with exclusive(outbox(settings, extractor.name).with_suffix(".lock")):
        return _land(settings, extractor)


def _land(settings: Settings, extractor: Extractor) -> list[Path]:
    os.environ.update(DLT_SETTINGS)
    try:
        pipeline = _pipeline(settings, extractor.name)
        # What a killed run had fetched comes first: dlt would load it instead of what is new.
        pipeline.run()
    except (ConfigurationException, PipelineStepFailed) as error:
        raise ExtractError(_told(extractor, error)) from error
    except ValueError as error:
        # A power cut leaves empty files in it.
        folder = settings.home / "dlt" / extractor.name
        raise ExtractError(f"{extractor.name}: cannot read {folder} ({error}); delete it, nothing is lost") from error
    landed = list(_move_ready(settings, extractor.name))
    try:
        source = (
            extractor.source(files_outbox(settings, extractor.name)) if extractor.brings_files else extractor.source()
        )
        pipeline.run(source, loader_file_format="parquet")
    except (ConfigurationException, PipelineStepFailed) as error:
        raise ExtractError(_told(extractor, error)) from error
    # dlt keeps a copy of its schema and state for every load there ever was.
    shutil.rmtree(Path(pipeline.working_dir) / "load" / "loaded", ignore_errors=True)
    return landed + list(_move_ready(settings, extractor.name))


def remarks(settings: Settings, extractor: str) -> list[str]:
    """What the last load left where it was."""
    file = files_outbox(settings, extractor) / REMARKS
    return file.read_text().splitlines() if file.exists() else []


def _move_ready(settings: Settings, extractor: str) -> Iterator[Path]:
    box = outbox(settings, extractor)
    for file in (box / READY / extractor).glob("[!_.]*/*"):
        load_id = ".".join(file.name.split(".")[:2])
        if not any(box.glob(f"_dlt_loads/{extractor}__{load_id}.jsonl")) and not any(
            box.glob(f"_dlt_pipeline_state/{extractor}__{load_id}__*")
        ):
            # Half of a killed load whose dlt folder was lost: it is fetched again. dlt writes its cursors, then its
            # mark, after all files: with either the load is whole, and with the cursors nobody would fetch it again.
            file.unlink()
    yield from _move(box / READY, settings.landing)
    yield from _move(files_outbox(settings, extractor) / READY, settings.landing)


def _pipeline(settings: Settings, extractor: str) -> dlt.Pipeline:
    return dlt.pipeline(
        extractor,
        pipelines_dir=str(settings.home / "dlt"),
        destination=filesystem(
            bucket_url=outbox(settings, extractor).parent.as_uri(),
            layout=f"{READY}/{extractor}/{{table_name}}/{{load_id}}.{{file_id}}.{{ext}}",
        ),
        dataset_name=extractor,
    )


def _move(ready: Path, landing: Path) -> Iterator[Path]:
    """Move every whole file to the same place below landing, dlt's own and hidden ones aside."""
    for file in sorted(ready.glob("*/*/*")):
        if not any(part.startswith(("_", ".")) for part in file.relative_to(ready).parts[1:]):
            target = landing / file.relative_to(ready)
            target.parent.mkdir(parents=True, exist_ok=True)
            yield file.replace(target)


def setting(extractor: str, name: str) -> str:
    """How a message speaks of a setting."""
    key = f"sources.{extractor}.{name}"
    return f"{key} ({key.replace('.', '__').upper()})"


def _told(extractor: Extractor, error: BaseException) -> str:
    """The sentence for what is the source's or the settings' fault. Raises what is ours."""
    cause = error
    while cause.__cause__:
        cause = cause.__cause__
        if isinstance(cause, ExtractError):
            return str(cause)
    if isinstance(cause, ConfigFieldMissingException):
        return f"{extractor.name}: missing {', '.join(setting(extractor.name, name) for name in cause.fields)}"
    if isinstance(cause, ConfigurationException):
        return f"{extractor.name}: {cause}; look at {setting(extractor.name, extractor.credential)}"
    if isinstance(cause, OUR_FAULTS):
        raise error
    return f"{extractor.name}: {cause}"
