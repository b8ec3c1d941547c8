"""An extractor in the asset graph: whatever goes wrong in it fails its check and nothing else."""

import dagster as dg
import dlt
import pytest

from orchestration import extract
from orchestration.config.settings import Settings
from orchestration.extract.assets import build_asset


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (lambda: {}["rows"], "a fault of the extractor's own, KeyError('rows')"),
        (lambda: dlt.resource([{"id": "1"}], name="contact"), None),
    ],
    ids=["broken", "well"],
)
def test_a_broken_extractor_fails_its_check_alone(tmp_path, monkeypatch, source, why):
    broken = extract.Extractor("hubspot", source, "access_token")
    monkeypatch.setattr(extract, "find_extractor", lambda name: broken)
    result = dg.materialize([build_asset(Settings(tmp_path), "hubspot")])
    assert result.success
    [check] = result.get_asset_check_evaluations()
    assert check.passed is (why is None)
    assert check.severity == dg.AssetCheckSeverity.ERROR
    assert why is None or why in check.metadata["why"].value
