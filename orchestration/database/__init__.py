"""Where the tables of the warehouse are: a DuckDB file, a DuckLake or a PostgreSQL database."""
