"""Assembly of the asset graph. Nothing is computed or decided here."""

import dagster as dg

from orchestration.automation import build_automation
from orchestration.checks import build_checks
from orchestration.dbt_manifest import source_tables
from orchestration.ingestion import ad_spend, crm, web_analytics
from orchestration.ingestion.landers.assets import build_assets as build_landers
from orchestration.ingestion.landing import build_landing_asset
from orchestration.progress import progress_logger
from orchestration.publishing import build_release_asset
from orchestration.settings import Settings, read_settings
from orchestration.transformation import build_dbt_assets, build_dbt_resource


def build_definitions(settings: Settings) -> dg.Definitions:
    """The whole graph for one state folder and one set of vars. Writes nothing but dbt's manifest."""
    feeds = [build(settings) for build in (ad_spend.build_assets, crm.build_assets, web_analytics.build_assets)]
    ingestion = [asset for assets in feeds for asset in assets]
    dbt_build = build_dbt_assets(settings)
    marts = [key for key in dbt_build.keys if key.path[0] == "marts"]
    graph = dg.Definitions(
        assets=[
            *build_landers(settings),
            build_landing_asset(settings),
            *ingestion,
            *_gate_books(settings, [key for asset in ingestion for key in asset.keys]),
            dbt_build,
            build_release_asset(settings, marts),
        ],
        asset_checks=[build_checks(settings)],
        loggers={"progress": progress_logger},
        resources={"dbt": build_dbt_resource()},
    )
    return dg.Definitions.merge(graph, build_automation(settings))


def _gate_books(settings: Settings, ingestion: list[dg.AssetKey]) -> list[dg.AssetSpec]:
    """The gate's ledger and rejected rows: written by every ingestion asset, read by dbt."""
    return [
        dg.AssetSpec(["gate", table], deps=ingestion, group_name="gate", owners=["team:data"], kinds={"parquet"})
        for table in source_tables(settings, "gate")
    ]


defs = build_definitions(read_settings())
