"""One Dagster asset per extractor, before the gate's assets of what it lands."""

import dagster as dg

from orchestration.config.settings import Settings

LANDED = "landed"
# Files a night shows; landing has them all.
MAX_FILES = 20


def build_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets of the extractors that the var `extractors_enabled` names."""
    return [build_asset(settings, name) for name in settings.var("extractors_enabled")]


def upstream(settings: Settings, feed: str) -> list[dg.AssetKey]:
    """The extractors that bring files of a feed. Buckets may bring any."""
    return [_key(name) for name in settings.var("extractors_enabled") if name in (feed, "buckets")]


def build_asset(settings: Settings, name: str) -> dg.AssetsDefinition:
    """The asset of one extractor. One that fails fails its check, not the night: the other feeds go on."""

    @dg.asset(
        key=_key(name),
        group_name="extractors",
        description=f"What {name} had to tell since the last load, landed as files.",
        kinds={"python", "dlt"},
        owners=["team:data"],
        check_specs=[
            dg.AssetCheckSpec(
                LANDED,
                asset=_key(name),
                description="Could everything be fetched? Where not, its numbers are those of the last night it could.",
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
            # Whatever it is that went wrong here, the other feeds can do without it.
            context.log.exception(f"{name} has a fault")
            return _result(False, {"why": f"{name}: a fault of the extractor's own, {error!r}; the run's log has more"})
        names = [file.relative_to(settings.landing).as_posix() for file in files]
        told = {"files landed": len(names), "first files": _listed(names)}
        if left := remarks(settings, name):
            told |= {"not fetched": len(left), "first of those": _listed(left)}
        return _result(True, told)

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
