"""The models that a warehouse's SQL cannot say, and why; docs/engines.md lists them too."""

OF_REDSHIFT = {
    "a regular expression must be a constant; it is a column of a seed": (
        "int_lead_fit_points int_lead_forms int_lead_routes int_source_names int_source_signals_classified"
    ),
    "there are no functions over the elements of a list": (
        "int_sessions_tagged int_web_events_sessionised stg_ga4__web_events"
    ),
    "a field of a JSON object has a constant name; here any name that a feed gives": (
        "base_google_ads__spend base_linkedin_ads__spend base_microsoft_ads__spend stg_meta_ads__ad_spend "
        "stg_standard__ad_spend stg_standard__costs ad_spend_is_staged_whole"
    ),
    "a window ends at a row, not at a value": "int_customer_spells int_subscription_terms",
    "percentile_disc is not an aggregate": "int_payment_periods int_payment_series",
}
NOT_SAID: dict[str, dict[str, str]] = {
    "redshift": {model: reason for reason, models in OF_REDSHIFT.items() for model in models.split()}
}
