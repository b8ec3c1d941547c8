"""Pictures of what the report page draws, compared with kept ones. They have no text: fonts differ by machine."""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Page

KEPT = Path(__file__).resolve().parents[1] / "data/report_pictures"
ACCEPT = "LSW_ACCEPT_PICTURES"
# A picture is kept at a third of its size: edges that browsers smooth differently are averaged.
REDUCED = 3
# Of 255, the largest difference of a cell. Another rasteriser differs by up to 18, another colour profile by up to 24;
# the faintest mark gone, a whisker of the funnel in dark, by 36.
TOLERANCE = 30

# Shapes outside of charts, by the name of their picture.
SHAPES = {
    "ratios": "#sources .ratio",
    "steps": "#funnel .share",
    "classes": "#portfolio .target",
    "cohorts": "#retention td .heat",
}
# Charts leave room for labels by the measured width of text, which here no font decides.
SAME_WIDTHS = "CanvasRenderingContext2D.prototype.measureText = (words) => ({ width: 6 * String(words).length });"
# Copies of the shapes on a sheet of their own, where no text moves them.
LAY_OUT = """(selector) => {
    const sheet = document.createElement("div");
    sheet.id = "sheet";
    sheet.append(...[...document.querySelectorAll(selector)].map((shape) => shape.cloneNode(true)));
    document.getElementById("sheet")?.remove();
    document.body.append(sheet);
}"""
STYLE = """
    #sheet { position: absolute; inset: 0 auto auto 0; z-index: 99; width: 960px; background: var(--surface);
             display: flex; flex-wrap: wrap; gap: 9px; padding: 6px; }
    #sheet > span, #sheet > div { width: 90px; height: 24px; margin: 0; }
    #sheet * { color: transparent; }
    #sheet text { visibility: hidden; }
"""


def pictures(page: Page) -> dict[str, Image.Image]:
    """A picture of every chart, by its section, and of every kind of shape. The page has SAME_WIDTHS as its script."""
    charts = page.evaluate("[...document.querySelectorAll('.chart')].map((chart) => chart.closest('section').id)")
    page.add_style_tag(content=STYLE)
    return {name: picture(page, at) for name, at in {**{id: f"#{id} .chart svg" for id in charts}, **SHAPES}.items()}


def picture(page: Page, selector: str) -> Image.Image:
    page.evaluate(LAY_OUT, selector)
    return Image.open(BytesIO(page.locator("#sheet").screenshot())).convert("RGB").reduce(REDUCED)


def kept(name: str, theme: str) -> Path:
    return KEPT / f"{name}_{theme}.png"


def keep(drawn: dict[str, Image.Image], theme: str) -> None:
    """From now on it shall look like this."""
    KEPT.mkdir(exist_ok=True)
    for old in KEPT.glob(f"*_{theme}.png"):
        old.unlink()
    for name, now in drawn.items():
        now.save(kept(name, theme), optimize=True)


def distance(left: Image.Image, right: Image.Image) -> int:
    """The largest difference of a cell in a colour."""
    return max(high for _, high in ImageChops.difference(left, right).getextrema())


def differing(drawn: dict[str, Image.Image], theme: str, folder: Path) -> list[str]:
    """The names of pictures that are not as kept; each is written to the folder, kept left and drawn right."""
    names = {path.stem.removesuffix(f"_{theme}") for path in KEPT.glob(f"*_{theme}.png")} | drawn.keys()
    nothing = Image.new("RGB", (1, 1))
    found = []
    for name in sorted(names):
        before = Image.open(kept(name, theme)) if kept(name, theme).exists() else nothing
        now = drawn.get(name, nothing)
        if before.size != now.size or distance(before, now) > TOLERANCE:
            found.append(name)
            both = Image.new("RGB", (before.width + now.width + 10, max(before.height, now.height)), "red")
            both.paste(before, (0, 0))
            both.paste(now, (before.width + 10, 0))
            both.resize((2 * both.width, 2 * both.height)).save(folder / f"{name}_{theme}.png")
    return found


def check(drawn: dict[str, Image.Image], theme: str, folder: Path) -> None:
    """Fails where a picture is not as kept, unless this run is to accept it."""
    if os.environ.get(ACCEPT):
        keep(drawn, theme)
    found = differing(drawn, theme, folder)
    assert not found, (
        f"drawn differently in {theme}: {', '.join(found)}. Kept (left) and drawn (right) are in {folder}. If it shall"
        f" look so: {ACCEPT}=1 .venv/bin/python -m pytest tests/end_to_end/test_report_page.py -k looks"
    )
