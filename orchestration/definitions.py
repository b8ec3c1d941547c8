"""Assembly of the asset graph. Nothing is computed or decided here."""

import dagster as dg

from orchestration.cli.progress import progress_logger
from orchestration.config.settings import Settings, read_settings
from orchestration.extract.assets import build_assets as build_extractors
from orchestration.ingest.assets import build_assets as build_ingestion
from orchestration.ingest.landing import build_landing_asset
from orchestration.release.checks import build_checks
from orchestration.release.postgres import build_postgres_assets
from orchestration.release.publish import build_release_asset
from orchestration.schedules import build_schedules
from orchestration.transform.dbt_assets import build_dbt_assets
from orchestration.transform.manifest import source_tables

# The dbt source of the load ledger and the rejected rows, which the loader writes.
LOAD_LOG = "load_log"
# The dbt source of the tables that dbt models keep of the run before.
PREVIOUS_RUN = "previous_run"


def build_definitions(settings: Settings) -> dg.Definitions:
    """The whole graph for one state folder and one set of vars. Writes nothing but dbt's manifest."""
    ingestion = build_ingestion(settings)
    dbt_build = build_dbt_assets(settings)
    marts = [key for key in dbt_build.keys if key.path[0] == "marts"]
    graph = dg.Definitions(
        assets=[
            *build_extractors(settings),
            build_landing_asset(settings),
            *ingestion,
            *_load_log(settings, [key for asset in ingestion for key in asset.keys]),
            *_previous_run(settings),
            dbt_build,
            build_release_asset(settings, marts),
            *build_postgres_assets(settings),
        ],
        asset_checks=[build_checks(settings)],
        loggers={"progress": progress_logger},
    )
    return dg.Definitions.merge(graph, build_schedules(settings))


def _load_log(settings: Settings, ingestion: list[dg.AssetKey]) -> list[dg.AssetSpec]:
    """The load ledger and the rejected rows: written by every ingestion asset, read by dbt."""
    return [
        dg.AssetSpec(
            ["load_log", table], deps=ingestion, group_name="load_log", owners=["team:data"], kinds={"parquet"}
        )
        for table in source_tables(settings, LOAD_LOG)
    ]


def _previous_run(settings: Settings) -> list[dg.AssetSpec]:
    """What a dbt build keeps of the run before it and then reads."""
    return [
        dg.AssetSpec([PREVIOUS_RUN, table], group_name=PREVIOUS_RUN, owners=["team:data"], kinds={"duckdb"})
        for table in source_tables(settings, PREVIOUS_RUN)
    ]


defs = build_definitions(read_settings())
