"""HubSpot."""

from orchestration.sample_company.vendors.files import VendorFile

FEED = "hubspot"
SETUP = "select 1"
FILES: tuple[VendorFile, ...] = ()
