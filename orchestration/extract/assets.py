"""One Dagster asset per extractor, upstream of the ingestion assets of the feed it lands."""

import dagster as dg

from orchestration.config.settings import Settings

LANDED = "landed"
# Files listed in the metadata; landing has them all.
MAX_FILES = 20


def build_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets of the extractors that the var `extractors_enabled` names."""
    return [build_asset(settings, name) for name in settings.var("extractors_enabled")]


def upstream(settings: Settings, feed: str) -> list[dg.AssetKey]:
    """The extractors that bring files of a feed. Buckets may bring any."""
    return [_key(name) for name in settings.var("extractors_enabled") if name in (feed, "buckets")]


def build_asset(settings: Settings, name: str) -> dg.AssetsDefinition:
    """The asset of one extractor. A failure fails its check, not the run: the other feeds are loaded."""

    @dg.asset(
        key=_key(name),
        group_name="extractors",
        description=f"What changed in {name} since the last load, landed as files.",
        kinds={"python", "dlt"},
        owners=["team:data"],
        check_specs=[
            dg.AssetCheckSpec(
                LANDED,
                asset=_key(name),
                description="Could everything be fetched? Where not, its numbers are those of the last run that could.",
            )
        ],
    )
    def extractor(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        # Imported here: a process that lands nothing does without dlt.
        from orchestration.extract import find_extractor
        from orchestration.extract.pipeline import ExtractError, land, remarks

        try:
            files = land(settings, find_extractor(name))
        except ExtractError as error:
            return _result(False, {"why": str(error)})
        except Exception as error:
            # The other feeds do not depend on it.
            context.log.exception(f"{name} has a fault")
            return _result(False, {"why": f"{name}: a fault of the extractor's own, {error!r}; the run's log has more"})
        names = [file.relative_to(settings.landing).as_posix() for file in files]
        metadata = {"files landed": len(names), "first files": _listed(names)}
        if left := remarks(settings, name):
            metadata |= {"not fetched": len(left), "first of those": _listed(left)}
        return _result(True, metadata)

    return extractor


def _listed(lines: list[str]) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md("\n".join(f"- {line}" for line in lines[:MAX_FILES]) or "None.")


def _result(passed: bool, metadata: dict) -> dg.MaterializeResult:
    verdict = dg.AssetCheckResult(
        check_name=LANDED, passed=passed, severity=dg.AssetCheckSeverity.ERROR, metadata=metadata
    )
    return dg.MaterializeResult(metadata=metadata, check_results=[verdict])


def _key(name: str) -> dg.AssetKey:
    return dg.AssetKey(["extractors", name])
