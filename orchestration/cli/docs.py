"""`make docs`: dbt's documentation of models, columns and lineage as one page, in `docs/` under LSW_HOME."""

import sys

from orchestration.config.locks import exclusive
from orchestration.config.settings import Settings, SettingsError, read_settings
from orchestration.transform.dbt_runner import DbtError, invoke
from orchestration.transform.manifest import dbt_vars_arguments


def write_docs(settings: Settings) -> None:
    """Write the page. Column types are those of the warehouse as it was built last. Raises DbtError."""
    folder = settings.home / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    target = ["--target-path", str(folder), "--log-path", str(folder)]
    catalog = [] if settings.warehouse.exists() else ["--empty-catalog", "--no-compile"]
    with exclusive(settings.writer_lock):
        invoke(["docs", "generate", "--static", *catalog, *target, *dbt_vars_arguments(settings)])
    print(f"Open {folder / 'static_index.html'} in a browser.")


def main() -> int:
    """Returns the exit code."""
    try:
        write_docs(read_settings())
    except (SettingsError, DbtError) as error:
        print(f"docs: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
