"""Landing files through the gate into the raw lake. Nothing here knows what a number means; that is dbt's part."""
