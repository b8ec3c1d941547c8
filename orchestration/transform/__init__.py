"""dbt: the manifest the asset graph is read from, and the build."""
