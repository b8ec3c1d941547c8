"""Extractors: what fetches exports from APIs, databases and buckets, and lands them as files. The loader does the rest.

dlt has the cursors, the paging and the settings: environment, `.dlt/config.toml`, `.dlt/secrets.toml`.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# The modules of extractors that are not called like the feed they bring.
MODULES = {"sql_crm": "sql_database"}


@dataclass(frozen=True)
class Extractor:
    """Where to fetch from. Its settings are in `[sources.<name>]`."""

    name: str
    source: Callable[..., Any]
    """Gives dlt's source: a resource per entity, named like it, which appends what is new since the last load."""
    credential: str
    """The setting to look at where dlt cannot make anything of them."""
    brings_files: bool = False
    """Whether the source puts whole files into an outbox itself; it is given that folder then."""


def find_extractor(name: str) -> Extractor:
    """The extractor of that name. Imported only when asked for, as dlt is slow to import."""
    return extractor_module(name).EXTRACTOR


def extractor_module(name: str) -> Any:
    """The module of the extractor of that name."""
    return importlib.import_module(f"{__name__}.{MODULES.get(name, name)}")
