"""Landers: what fetches exports from APIs, databases and buckets, and lands them as files. The gate does the rest.

dlt has the cursors, the paging and the settings: environment, `.dlt/config.toml`, `.dlt/secrets.toml`.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Lander:
    """Where to fetch from. Its settings are in `[sources.<name>]`."""

    name: str
    source: Callable[..., Any]
    """Gives dlt's source: a resource per entity, named like it, which appends what is new since the last load."""
    credential: str
    """The setting to look at where dlt cannot make anything of them."""
    brings_files: bool = False
    """Whether the source puts whole files into an outbox itself; it is given that folder then."""


def find_lander(name: str) -> Lander:
    """The lander of the module of that name. Imported only when asked for, as dlt is slow to import."""
    return importlib.import_module(f"{__name__}.{name}").LANDER
