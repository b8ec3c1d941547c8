"""Settings of the environment, and the dbt vars with their checks."""
