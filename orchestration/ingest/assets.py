"""One Dagster asset per feed entity: its load, with counts and the first rejected rows as metadata."""

import dagster as dg

from orchestration.config.settings import Settings
from orchestration.extract.assets import upstream
from orchestration.ingest.contract import Contract, enabled_contracts
from orchestration.ingest.loader import LoaderError, LoadReport, load_entity

# Files listed in the metadata; the load ledger has them all.
MAX_TABLE_ROWS = 20


def build_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """One asset per entity of the feeds that are read, keyed `<feed>/<entity>`, in its group `raw_<group>`."""
    return [build_asset(settings, contract) for contract in enabled_contracts(settings)]


def build_asset(settings: Settings, contract: Contract) -> dg.AssetsDefinition:
    """The asset of one entity. Bad rows and bad files never fail it, checks report those; unreadable files do."""

    @dg.asset(
        key=[contract.feed, contract.entity],
        deps=upstream(settings, contract.feed),
        group_name=f"raw_{contract.group}",
        description=contract.description,
        kinds={"python", "duckdb", "parquet"},
        owners=["team:data"],
        metadata={"key": ", ".join(contract.key)},
    )
    def load() -> dg.MaterializeResult:
        try:
            return dg.MaterializeResult(metadata=summarise(load_entity(settings, contract)))
        except LoaderError as error:
            raise dg.Failure(description=str(error), metadata=summarise(error.report)) from error

    return load


def summarise(report: LoadReport) -> dict[str, dg.MetadataValue]:
    """Counts of this run (`dagster/row_count`: rows it added) and small tables of its files and first reasons."""
    metadata: dict[str, dg.MetadataValue] = {
        "files loaded": dg.MetadataValue.int(len(report.loaded)),
        "files skipped": dg.MetadataValue.int(len(report.skipped)),
        "files ignored": dg.MetadataValue.text(", ".join(report.ignored) or "none"),
        "rows read": dg.MetadataValue.int(report.total("rows_read")),
        "rows accepted": dg.MetadataValue.int(report.total("rows_accepted")),
        "rows rejected": dg.MetadataValue.int(report.total("rows_rejected")),
        "dagster/row_count": dg.MetadataValue.int(report.total("rows_accepted")),
    }
    files = [
        [file.file, file.rows_accepted, file.rows_rejected, file.file_reason or "", ", ".join(file.new_columns)]
        for file in report.loaded
    ]
    if files:
        metadata["files"] = _table(["file", "accepted", "rejected", "why the file was rejected", "new columns"], files)
    if report.reasons:
        metadata["first rejected rows"] = _table(["file", "line", "reasons"], report.reasons)
    return metadata


def _table(header: list[str], rows: list) -> dg.MetadataValue:
    lines = [header, ["---"] * len(header), *rows[:MAX_TABLE_ROWS]]
    text = "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
    more = len(rows) - MAX_TABLE_ROWS
    return dg.MetadataValue.md(text + (f"\n\nand {more} more" if more > 0 else ""))
