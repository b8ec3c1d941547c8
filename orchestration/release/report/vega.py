"""The charting library of the page, compressed: Vega-Lite, as the package vl-convert-python ships it."""

import base64
import gzip
import os
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path


@cache
def packed_library() -> str:
    """Vega, Vega-Lite and the function that draws with them. Kept beside the package, as making it takes seconds."""
    kept = Path(sys.prefix) / "share" / "lead_source_warehouse" / f"vega-{version('vl-convert-python')}.b64"
    if kept.exists():
        return kept.read_text(encoding="ascii")
    packed = packed_text(_bundle())
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside = kept.with_suffix(f".{os.getpid()}")
        aside.write_text(packed, encoding="ascii")
        aside.replace(kept)
    except OSError:
        pass  # An environment that may not be written: the next release makes it again.
    return packed


def packed_text(text: str) -> str:
    """Text as a page carries it: compressed, in base64."""
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode("ascii")


def _bundle() -> str:
    # Imported here: it loads a JavaScript engine.
    import vl_convert

    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
