"""A small world for the loader: a settings folder, files dropped in landing, and what came out."""

import glob
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.config.settings import Settings
from orchestration.ingest.contract import CONTRACTS_DIR, Contract, load_contract
from orchestration.ingest.loader import LoadReport, load_entity

EVENTS = "event_id,occurred_at,anonymous_id,event_name,page_url\n"


@dataclass
class World:
    """One entity's landing folder and everything the loader made of it."""

    home: Path
    entity: str = "web_events"
    feed: str = "standard"

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home)

    @property
    def contract(self) -> Contract:
        return load_contract(CONTRACTS_DIR / self.feed / f"{self.entity}.yml")

    @property
    def landing(self) -> Path:
        return self.home / "landing" / self.feed / self.entity

    @property
    def raw_folder(self) -> Path:
        return self.home / "raw" / self.feed / self.entity

    def drop(self, file_name: str, content: str | bytes) -> Path:
        self.landing.mkdir(parents=True, exist_ok=True)
        path = self.landing / file_name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self) -> LoadReport:
        report = load_entity(self.settings, self.contract)
        for entry in self.ledger():
            assert entry["rows_read"] == entry["rows_accepted"] + entry["rows_rejected"]
        raw, rejected = len(self.raw()), len(self.rejected())
        assert raw == sum(entry["rows_accepted"] for entry in self.ledger())
        assert rejected == sum(entry["rows_rejected"] for entry in self.ledger())
        return report

    def raw(self) -> list[dict[str, Any]]:
        return self._rows(f"{self.feed}/{self.entity}")

    def rejected(self) -> list[dict[str, Any]]:
        return self._rows("load_log/rejected_rows")

    def ledger(self) -> list[dict[str, Any]]:
        return self._rows("load_log/load_ledger")

    def raw_ids(self) -> list[str]:
        return [row[self.contract.column_names[0]] for row in self.raw()]

    def broken(self) -> list[tuple[int, str]]:
        return [(row["line"], row["raw_text"]) for row in self.rejected()]

    def everything(self) -> str:
        """All that was loaded, without the moments of loading, to compare two ways there."""
        rows = [self.raw(), self.rejected(), self.ledger()]
        moments = {"_loaded_at", "loaded_at", "rejected_at"}
        return json.dumps(
            [[{k: v for k, v in r.items() if k not in moments} for r in part] for part in rows], default=str
        )

    def _rows(self, folder: str) -> list[dict[str, Any]]:
        files = str(Path(glob.escape(str(self.home))) / "raw" / folder / "*.parquet")
        query = "select * exclude (filename, file_row_number) from read_parquet(?, union_by_name = true, "
        query += "file_row_number = true, filename = true) order by filename, file_row_number"
        cursor = duckdb.connect().execute(query, [files])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def event(number: int | str, **changes: str) -> str:
    """A valid CSV line of a web event, without its line end."""
    values = {"occurred_at": "2026-01-31T09:30:00Z", "anonymous_id": "a1", "event_name": "page_view", "page_url": ""}
    return ",".join([str(number), *(values | changes).values()])


def csv_of(*lines: str, end: str = "\n") -> str:
    """The header of web events and the lines."""
    return end.join([EVENTS.rstrip("\n"), *lines, ""])
