"""Landed files are validated, typed and written to the raw lake. What a number means belongs to dbt."""
