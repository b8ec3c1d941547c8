"""Leads, accounts, opportunities and revenue, from whatever system sells."""

import dagster as dg

from orchestration.ingestion.assets import build_group
from orchestration.settings import Settings


def build_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """One asset per entity of this group."""
    return build_group(settings, "crm")
