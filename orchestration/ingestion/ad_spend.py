"""What advertising and the other sources cost."""

import dagster as dg

from orchestration.ingestion.assets import build_group
from orchestration.settings import Settings


def build_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """One asset per entity of this group."""
    return build_group(settings, "ad_spend")
