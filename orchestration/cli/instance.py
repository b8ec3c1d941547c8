"""Dagster's own home under LSW_HOME, and commands run inside it.

`python -m orchestration.cli.instance dagster dev` runs `dagster dev` with the history that `make nightly` writes.
"""

import os
import sys
from pathlib import Path

import yaml

from orchestration.config.settings import PROJECT_DIR, Settings, read_settings


def prepare_dagster_home(settings: Settings) -> dict[str, str]:
    """Write dagster.yaml with its storage under `settings.dagster`; returns the environment Dagster needs there."""
    settings.dagster.mkdir(parents=True, exist_ok=True)
    config = yaml.safe_load((PROJECT_DIR / "dagster.yaml").read_text())
    for part in ("run_storage", "event_log_storage", "schedule_storage", "local_artifact_storage"):
        folder = Path(config[part]["config"]["base_dir"]).relative_to("var/dagster")
        config[part]["config"]["base_dir"] = str(settings.dagster / folder)
    aside = settings.dagster / f".dagster.yaml.{os.getpid()}"
    aside.write_text(yaml.safe_dump(config))
    aside.replace(settings.dagster / "dagster.yaml")
    return {**settings.environment, "DAGSTER_HOME": str(settings.dagster), "DAGSTER_DISABLE_TELEMETRY": "1"}


def main(arguments: list[str]) -> None:
    """Replace this process by the command, found beside this Python first."""
    os.environ.update(prepare_dagster_home(read_settings()))
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    os.execvp(arguments[0], arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
