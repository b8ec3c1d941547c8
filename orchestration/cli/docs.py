"""`make docs`: dbt's documentation of models, columns and lineage as one page, in `docs/` under LSW_HOME."""

import sys

from orchestration.config.locks import exclusive
from orchestration.config.settings import SettingsError, read_settings
from orchestration.release.dbt_docs import current_docs
from orchestration.transform.dbt_runner import DbtError
from orchestration.transform.manifest import DbtParseError


def main() -> int:
    """Returns the exit code."""
    try:
        settings = read_settings()
        with exclusive(settings.writer_lock):
            page = current_docs(settings)
    except (SettingsError, DbtError, DbtParseError) as error:
        print(f"docs: {error}", file=sys.stderr)
        return 1
    print(f"Open {page} in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
