"""The same company as Google Ads, Meta, LinkedIn, HubSpot and GA4 export it, in their layouts and with their traps."""
