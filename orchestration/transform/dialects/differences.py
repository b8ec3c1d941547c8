"""The models that a warehouse's SQL cannot say, and why; docs/engines.md lists them too."""

NOT_SAID: dict[str, dict[str, str]] = {
    "snowflake": {},
    "bigquery": {},
    "databricks": {},
    "redshift": {},
    "spark": {},
    "trino": {},
}
