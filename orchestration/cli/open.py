"""`make open`: the page to look at first, of the current release, in a browser."""

import shutil
import subprocess
import sys
from pathlib import Path

from orchestration.config.settings import Settings, SettingsError, read_settings
from orchestration.release.dbt_docs import PAGE as DOCS
from orchestration.release.report.page import PAGE as REPORT

# A release from before the report has at most the second.
PAGES = (REPORT, DOCS)
# Of Linux and macOS.
OPENERS = ("xdg-open", "open")


def front_page(settings: Settings) -> Path | None:
    """The first page that the current release has."""
    pages = [settings.serve / "current" / page for page in PAGES]
    return next((page for page in pages if page.exists()), None)


def main() -> int:
    """Returns the exit code. The path is printed too: a machine without a desktop opens nothing."""
    try:
        page = front_page(read_settings())
    except SettingsError as error:
        print(f"open: {error}", file=sys.stderr)
        return 1
    if page is None:
        print("open: no page is released yet: run `make nightly`", file=sys.stderr)
        return 1
    print(page)
    opener = next(filter(None, map(shutil.which, OPENERS)), None)
    if opener:
        subprocess.run([opener, str(page)], stderr=subprocess.DEVNULL, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
