"""The dbt manifest the asset graph is read from: parsed when the project or the vars changed, else reused.

Running models does not belong here.
"""

import hashlib
import json
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from orchestration.config.locks import exclusive
from orchestration.config.settings import PROJECT_DIR, Settings
from orchestration.transform.dbt_runner import DbtError, invoke

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

# What a parse writes, in the order in which it is made visible.
PARSED = ("partial_parse.msgpack", "semantic_manifest.json", "manifest.json")
PROJECT_PATHS = ("dbt_project.yml", "profiles.yml", "dbt_project", "seeds", "tests/dbt")


class DbtParseError(RuntimeError):
    """dbt cannot read its own project; the message is dbt's."""


def dbt_vars_arguments(settings: Settings) -> list[str]:
    """The `--vars` of every dbt call. They must be the same text everywhere, or dbt parses everything again."""
    return ["--vars", json.dumps(settings.dbt_vars, sort_keys=True, default=str)]


def current_manifest(settings: Settings) -> Path:
    """Path of a manifest that fits the project files and vars as they are now. Raises DbtParseError."""
    parsed = settings.dbt / "parsed"
    if _read_stamp(parsed) != _stamp(settings):
        with exclusive(settings.dbt / "parse.lock"):
            stamp = _stamp(settings)
            if _read_stamp(parsed) != stamp:
                _parse(settings, parsed, stamp)
    return parsed / "manifest.json"


def read_manifest(settings: Settings) -> dict[str, Any]:
    """The manifest as dbt wrote it. Raises DbtParseError."""
    return json.loads(current_manifest(settings).read_text())


def parsed_manifest(settings: Settings) -> "Manifest":
    """The manifest as dbt wants it, for a build without another parse: it takes 0.4 s to read, a partial parse 2 s."""
    from dbt.contracts.graph.manifest import Manifest

    current_manifest(settings)
    manifest = Manifest.from_msgpack((settings.dbt / "parsed" / "partial_parse.msgpack").read_bytes())
    manifest.build_flat_graph()
    return manifest


def source_tables(settings: Settings, source: str) -> list[str]:
    """Names of the tables of one dbt source, sorted."""
    sources = read_manifest(settings)["sources"].values()
    return sorted(node["name"] for node in sources if node["source_name"] == source)


def rules_fingerprint(settings: Settings) -> str:
    """A hash of all that decides what the models compute from the raw files, but for `as_of`.

    While it stays the same, an incremental run may build on the tables of the previous run.
    """
    variables = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())["vars"] | settings.dbt_vars
    variables.pop("as_of", None)
    hashed = hashlib.sha256(json.dumps([variables, os.environ.get("LSW_SALT")], sort_keys=True, default=str).encode())
    for folder in ("dbt_project", "seeds", "orchestration/attribution", "orchestration/prediction"):
        for path in sorted((PROJECT_DIR / folder).rglob("*")):
            if path.suffix in (".sql", ".csv", ".py"):
                hashed.update(str(path.relative_to(PROJECT_DIR)).encode() + path.read_bytes())
    return hashed.hexdigest()


def _stamp(settings: Settings) -> dict[str, Any]:
    """What a manifest depends on. Folders count too: their time changes when a file goes."""
    files = [PROJECT_DIR / name for name in PROJECT_PATHS]
    files += [path for folder in files if folder.is_dir() for path in folder.rglob("*")]
    times = [path.stat().st_mtime_ns for path in files if path.exists()]
    return {
        "newest": max(times),
        "files": len(times),
        "arguments": dbt_vars_arguments(settings),
        "target": settings.target,
        "salt": os.environ.get("LSW_SALT"),
        "dbt": version("dbt-core"),
        "adapter": version("dbt-duckdb"),
    }


def _read_stamp(parsed: Path) -> dict[str, Any] | None:
    try:
        is_whole = all((parsed / name).exists() for name in PARSED)
        return json.loads((parsed / "stamp.json").read_text()) if is_whole else None
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def _parse(settings: Settings, parsed: Path, stamp: dict[str, Any]) -> None:
    """Parse aside, then move the files in one by one, the stamp last: readers see a whole manifest at any moment."""
    parsed.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="parse-", dir=settings.dbt) as folder:
        aside = Path(folder)
        if (parsed / "partial_parse.msgpack").exists():
            shutil.copy(parsed / "partial_parse.msgpack", aside)
        os.environ.update(settings.environment)
        try:
            invoke(["parse", "--target-path", folder, "--log-path", folder, *dbt_vars_arguments(settings)])
        except DbtError as error:
            raise DbtParseError(f"dbt cannot parse the project:\n{error}") from error
        for name in PARSED:
            (aside / name).replace(parsed / name)
        (aside / "stamp.json").write_text(json.dumps(stamp))
        (aside / "stamp.json").replace(parsed / "stamp.json")
