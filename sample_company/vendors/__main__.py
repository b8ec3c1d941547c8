"""LSW_VARS with which a run reads the vendors' formats: `python -m sample_company.vendors`."""

import json

from orchestration.config.settings import read_settings
from sample_company.vendors.assembly import VENDORS

if __name__ == "__main__":
    print(json.dumps({"sources_enabled": sorted(VENDORS)} | read_settings().dbt_vars, default=str))
