"""Small plots for Dagster's pages, as SVG inside Markdown. They draw figures of the marts and compute none.

An image knows nothing of the page's theme, so its colours are readable on white and on black.
"""

import base64
import math
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

WIDTH = 600
ROW = 20
LABELS = 170
RIGHT = 150
TEXT, BAR, MARK = "#7a808a", "#4f7fd9", "#d9822b"
LONGEST_LABEL = 24


def image(title: str, svg: str) -> str:
    """Markdown that shows a plot."""
    return f"![{title}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def bars(rows: Sequence[tuple[str, float, str]]) -> str:
    """A bar for each row of label, value and the value as text."""
    at = _scale(0, max(value for _, value, _ in rows) or 1)
    parts = []
    for place, (label, value, text) in enumerate(rows):
        middle = _middle(place)
        parts += [_label(label, middle), _rect(LABELS, middle - 6, at(value) - LABELS, 12)]
        parts.append(_text(at(value) + 6, middle, text))
    return _svg(ROW * len(rows), parts)


def intervals(rows: Sequence[tuple[str, float, float | None, float | None, str]], marks: Sequence[float]) -> str:
    """A point and its interval for each row of label, value, low, high and text, over marks, on a logarithmic scale.

    An end that is null is not drawn.
    """
    drawn = [number for _, *numbers, _ in rows for number in (*numbers, *marks) if number is not None and number > 0]
    if not drawn:
        return _svg(0, [])
    log = _scale(math.log(min(drawn)), math.log(max(drawn)))

    def at(value: float) -> float:
        return log(math.log(max(value, min(drawn))))

    height = ROW * len(rows)
    parts = [_line(at(mark), 0, at(mark), height, MARK, "2 3") for mark in marks]
    parts += [_text(at(mark) + 3, height + 10, f"{mark:g}") for mark in marks]
    for place, (label, value, low, high, text) in enumerate(rows):
        middle = _middle(place)
        ends = at(value if low is None else low), at(value if high is None else high)
        parts += [_label(label, middle), _line(ends[0], middle, ends[1], middle, BAR, width=3)]
        parts.append(f'<circle cx="{at(value):.1f}" cy="{middle}" r="4" fill="{BAR}"/>')
        parts.append(_text(WIDTH - RIGHT + 8, middle, text))
    return _svg(height + ROW, parts)


def columns(rows: Sequence[tuple[str, float]], limit: float, limit_text: str) -> str:
    """A column for each row of label and value, and a line at the limit; the first and the last label are written."""
    height, step = 120, (WIDTH - RIGHT) / len(rows)
    top = max(limit, *(value for _, value in rows)) * 1.1 or 1

    def at(value: float) -> float:
        return height * (1 - value / top)

    parts = [
        _rect(place * step + 1, at(value), step - 2, height - at(value), MARK if value > limit else BAR)
        for place, (_, value) in enumerate(rows)
    ]
    parts.append(_line(0, at(limit), WIDTH - RIGHT, at(limit), TEXT, "4 3"))
    parts.append(_text(WIDTH - RIGHT + 6, at(limit), limit_text))
    parts.append(_text(0, height + 10, rows[0][0]))
    parts.append(_text(WIDTH - RIGHT, height + 10, rows[-1][0], "end"))
    return _svg(height + ROW, parts)


def _scale(low: float, high: float) -> Callable[[float], float]:
    room = WIDTH - RIGHT - LABELS
    return lambda value: LABELS + room * ((value - low) / (high - low) if high > low else 0.5)


def _middle(place: int) -> float:
    return place * ROW + ROW / 2


def _svg(height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}"'
        f' font-family="system-ui, sans-serif" font-size="12" fill="{TEXT}">{"".join(parts)}</svg>'
    )


def _label(label: str, middle: float) -> str:
    short = label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
    return _text(LABELS - 8, middle, short, "end")


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    printable = escape("".join(letter if letter.isprintable() else " " for letter in text))
    return f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}">{printable}</text>'


def _rect(x: float, y: float, width: float, height: float, fill: str = BAR) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{max(height, 0):.1f}" fill="{fill}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, dashes: str = "none", width: float = 1) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{stroke}" stroke-width="{width:g}" stroke-dasharray="{dashes}"/>'
