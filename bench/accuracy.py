"""Distance of each attribution model from the true contributions of sources, in simulated companies.

    python -m bench.accuracy [--seeds 1 2 3]

Each seed is a sample company of scale 1 and one full refresh, with LSW_VARS as set. The truth is the customers that the
simulation loses without a source (`true_contribution` in truth.json). Prints shares per source (mean of the seeds), and
the distance of each model from the truth: the share of all credit that is given to a wrong source.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import mean

from rich.console import Console
from rich.table import Table

from orchestration.config.settings import PROJECT_DIR
from sample_company import write_sample_company
from sample_company.accuracy import TRUTH, Shares, distance_to_truth, read_shares

UNTIL = date(2025, 7, 1)


def simulate_and_build(seed: int, home: Path) -> Shares:
    """Simulates one company and runs the job."""
    write_sample_company(home, scale=1, seed=seed, until=UNTIL)
    subprocess.run(
        [sys.executable, "-m", "orchestration.cli.nightly"],
        cwd=PROJECT_DIR,
        env={**os.environ, "LSW_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return read_shares(home)


def print_shares(companies: dict[int, Shares], console: Console) -> None:
    """Sources by models, as means over the seeds."""
    models = list(next(iter(companies.values())))
    table = Table("source", *models, title=f"Share of customers, mean of seeds {list(companies)}")
    found = [shares for company in companies.values() for shares in company.values()]
    for source in sorted(set().union(*found)):
        means = [mean(company[model].get(source, 0) for company in companies.values()) for model in models]
        table.add_row(source, *(f"{share:.3f}" for share in means))
    console.print(table)


def print_distances(companies: dict[int, Shares], console: Console) -> None:
    """Models by seeds, the closest to the truth first."""
    table = Table("model", *(f"seed {seed}" for seed in companies), "mean", title="Distance from the truth")
    distances = {
        model: [distance_to_truth(company, model) for company in companies.values()]
        for model in next(iter(companies.values()))
        if model != TRUTH
    }
    for model, row in sorted(distances.items(), key=lambda item: mean(item[1])):
        table.add_row(model, *(f"{figure:.3f}" for figure in (*row, mean(row))))
    console.print(table)


def main() -> None:
    """Simulate, build and compare, seed by seed."""
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="another seed is another company")
    companies = {}
    for seed in parser.parse_args().seeds:
        with tempfile.TemporaryDirectory(prefix="accuracy-") as home:
            companies[seed] = simulate_and_build(seed, Path(home))
    console = Console(width=160)
    print_shares(companies, console)
    print_distances(companies, console)


if __name__ == "__main__":
    main()
