"""dbt by hand on the target that LSW_TARGET names: `python -m orchestration.cli.dbt build --select fct_sources`."""

import os
import sys

from dbt.cli.main import cli

from orchestration.config.settings import PROJECT_DIR, read_settings


def main() -> None:
    """Ends with dbt's exit code."""
    settings = read_settings()
    os.environ.update(settings.environment)
    if settings.is_spark:
        from orchestration.transform.spark_adapter import register

        register()
    os.chdir(PROJECT_DIR)
    cli(sys.argv[1:])


if __name__ == "__main__":
    main()
