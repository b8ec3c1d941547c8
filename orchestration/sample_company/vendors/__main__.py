"""LSW_VARS with which a night reads the vendors' formats: `python -m orchestration.sample_company.vendors`."""

import json

from orchestration.sample_company.vendors.assembly import VENDORS
from orchestration.settings import read_settings

if __name__ == "__main__":
    print(json.dumps({"sources_enabled": sorted(VENDORS)} | read_settings().dbt_vars, default=str))
