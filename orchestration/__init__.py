"""The Dagster side of the warehouse: what lands, when dbt runs, what is released."""
