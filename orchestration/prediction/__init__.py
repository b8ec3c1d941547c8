"""What becomes of leads: models that learn from the past. Knows neither dbt nor the warehouse."""
