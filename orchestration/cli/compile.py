"""`make compile ENGINE=snowflake`: the project in the SQL of a warehouse, under `$LSW_HOME/compiled/<engine>/`."""

import argparse
import sys

from orchestration.config.settings import SettingsError, read_settings
from orchestration.transform.compiled import compile_for, compile_project
from orchestration.transform.dbt_runner import DbtError
from orchestration.transform.dialects import WAREHOUSES
from orchestration.transform.dialects.vocabulary import TO_BE_MADE
from orchestration.transform.manifest import DbtParseError


def main() -> int:
    """Returns the exit code: 1 where anything does not compile that is not known not to."""
    parser = argparse.ArgumentParser(prog="compile", description=__doc__)
    parser.add_argument("engine", choices=WAREHOUSES, help="the warehouse")
    engine = parser.parse_args().engine
    try:
        settings = read_settings()
        manifest = compile_project(settings)
    except (SettingsError, DbtError, DbtParseError) as error:
        print(f"compile: {error}", file=sys.stderr)
        return 1
    folder = settings.home / "compiled" / engine
    done = compile_for(engine, manifest, folder)
    for failure in done.failures:
        print(failure, file=sys.stderr)
    for model, reason in done.not_said.items():
        print(f"{model} does not compile for {engine}: {reason}")
    for function in TO_BE_MADE.get(engine, ()):
        print(f"{engine} needs a function of your own, {function}: docs/engines.md.")
    print(f"{done.counts['model']} models and {done.counts['test']} tests compile for {engine}: {folder}")
    return 1 if done.failures else 0


if __name__ == "__main__":
    sys.exit(main())
