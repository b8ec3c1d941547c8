"""One file of a vendor's export: what it is called and the SQL that fills it from the standard entities."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VendorFile:
    """`query` reads the tables named like `exports.Exports`, all of whose columns are text."""

    entity: str
    name: str
    """Its ending says what kind of file it is."""
    query: str
    repeats: bool = False
    """Whether its rows repeat or replace those of earlier files."""
