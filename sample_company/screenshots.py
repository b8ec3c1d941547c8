"""`make screenshots`: the images of the report page in README.md and docs/tour.md, from a release."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

DOCS = Path(__file__).resolve().parents[1] / "docs"
SIZE = {"width": 1600, "height": 1000}


def shoot(page: "Page", release: Path) -> None:
    """The first screen, and the table of sources."""
    page.goto((release / "report.html").resolve().as_uri())
    page.locator("main section").first.wait_for()
    page.screenshot(path=DOCS / "report.png")
    for _ in range(2):  # What is drawn on the way down moves the table.
        page.evaluate("document.querySelector('#sources').scrollIntoView()")
        page.wait_for_timeout(1_000)
    page.screenshot(path=DOCS / "report_sources.png")


def main(home: Path) -> None:
    """Write the images. Raises what Playwright does where there is no Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shoot(browser.new_page(viewport=SIZE, color_scheme="light"), home / "serve" / "current")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
