"""`make query ARGS="query --metrics cac --group-by source"`: MetricFlow's command line (`mf`) on the release."""

import os
import sys
from pathlib import Path

from orchestration.config.settings import SettingsError, read_settings
from orchestration.serve.metrics import NothingReleasedError, write_project
from orchestration.transform.manifest import DbtParseError


def main() -> int:
    """Does not return where it can start MetricFlow, else the exit code."""
    try:
        folder = write_project(read_settings())
    except (SettingsError, DbtParseError, NothingReleasedError) as error:
        print(f"query: {error}", file=sys.stderr)
        return 1
    os.environ.update(DBT_PROJECT_DIR=str(folder), DBT_PROFILES_DIR=str(folder), DBT_SEND_ANONYMOUS_USAGE_STATS="false")
    os.chdir(folder)
    command = str(Path(sys.executable).with_name("mf"))
    os.execv(command, [command, *(sys.argv[1:] or ["list", "metrics"])])


if __name__ == "__main__":
    sys.exit(main())
