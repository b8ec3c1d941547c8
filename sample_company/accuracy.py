"""Distance of the attribution models of a release from the true contributions of sources."""

import json
from pathlib import Path

import duckdb

TRUTH = "truth"

Shares = dict[str, dict[str, float]]
"""Model, or TRUTH -> source -> its share of the customers."""


def read_shares(home: Path) -> Shares:
    """Shares of each source under each model, from the release, and the true ones."""
    sources = json.loads((home / "sample_company/truth.json").read_text())["sources"]
    lost = {source: figures["true_contribution"]["customers"] for source, figures in sources.items()}
    shares = {TRUTH: {source: customers / sum(lost.values()) for source, customers in lost.items()}}
    with duckdb.connect(str(home / "serve/current/warehouse.duckdb"), read_only=True) as connection:
        rows = connection.sql("""
            select attribution_model, source, conversions_share from marts.model_comparison
            where conversion_type = 'customer' order by all
        """).fetchall()
    for model, source, share in rows:
        shares.setdefault(model, {})[source] = share
    return shares


def distance_to_truth(shares: Shares, model: str) -> float:
    """Half the sum of absolute differences: 0 for equal shares, 1 without a common source."""
    true, found = shares[TRUTH], shares[model]
    return sum(abs(true.get(source, 0) - found.get(source, 0)) for source in sorted(true.keys() | found.keys())) / 2
