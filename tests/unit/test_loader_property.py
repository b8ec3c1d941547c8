"""Nothing is lost: whatever a CSV holds, each record is once in raw or once in the rejected rows, at its line."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from loader_helpers import EVENTS, World

END = st.sampled_from(["\n", "\r\n"])
TEXT = st.text(st.sampled_from('ab, "\n\r\u00e9;|#'), max_size=6)
MOMENT = st.sampled_from(["2026-01-31", "2026-01-31T10:00:00Z"] * 3 + ["", "x", "2026-1-1"])


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@st.composite
def record(draw) -> tuple[str, str | None, str | None]:
    """Its text, why it is bad (None: it is not) and its page."""
    page = draw(TEXT)
    moment = draw(MOMENT)
    text = ",".join(["{id}", moment, "a", draw(st.sampled_from(["e", quoted("e")])), quoted(page)])
    fault = draw(st.sampled_from(["none"] * 6 + ["short", "surplus", "after quote"]))
    text = {"short": "{id},x", "surplus": text + ",1,2", "after quote": text + "z", "none": text}[fault]
    good = fault == "none" and moment.startswith("2026-01")
    return text, None if good else fault, page


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(record(), st.booleans()), max_size=12), END, st.booleans())
def test_every_record_is_once_in_raw_or_once_rejected(rows, end, ended):
    content, line, accepted, rejected = EVENTS.rstrip("\n") + end, 2, [], []
    for number, ((template, fault, page), blank_after) in enumerate(rows):
        text = template.replace("{id}", str(number))
        if fault is None:
            accepted.append((str(number), page.strip() or None))
        else:
            rejected.append((line, text))
        gap = end * (1 + blank_after)
        content += text + gap
        line += (text + gap).count("\n")
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.drop("a.csv", content if ended or not rows else content.removesuffix(end))
        world.load()
        assert [(row["event_id"], row["page_url"]) for row in world.raw()] == accepted
        assert world.broken() == rejected
