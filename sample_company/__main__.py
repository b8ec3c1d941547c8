"""Drop a sample company's exports into the landing folder: `python -m sample_company`."""

import argparse
from datetime import date
from typing import Any

from orchestration.config.settings import read_settings
from sample_company import write_sample_company


def read_arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m sample_company", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="size; 1 = about 40,000 visitors and 6,000 leads")
    parser.add_argument("--seed", type=int, default=7, help="another seed is another company")
    parser.add_argument("--until", type=date.fromisoformat, default=date.today(), help="first day not simulated")
    parser.add_argument("--months", type=int, default=18, help="length of the simulated time")
    parser.add_argument("--without-manual-leads", action="store_true", help="leave out leads typed in without a source")
    parser.add_argument(
        "--vendors", action="store_true", help="Google Ads, Meta, LinkedIn, HubSpot and GA4 exports of the company"
    )
    return parser.parse_args()


def summary(truth: dict[str, Any]) -> str:
    """What was written, a line per entity, and the sources by what they are worth."""
    lines = [
        f"{entity}: {count['rows']:,} rows in {count['files']} files" for entity, count in truth["entities"].items()
    ]
    lines.append(f"{len(truth['customers']):,} customers from {truth['from']} until {truth['until']}")
    return "\n".join(lines)


def main() -> None:
    """Write and say what was written."""
    arguments = read_arguments()
    home = read_settings().home
    truth = write_sample_company(
        home,
        scale=arguments.scale,
        seed=arguments.seed,
        until=arguments.until,
        months=arguments.months,
        manual_leads=not arguments.without_manual_leads,
        vendor_formats=arguments.vendors,
    )
    print(summary(truth))
    print(f"landing: {home / 'landing'}\ntruth: {home / 'sample_company' / 'truth.json'}")


if __name__ == "__main__":
    main()
