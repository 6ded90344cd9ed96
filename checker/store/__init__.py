"""History that Graph drops: scores, control scores, states and findings in Delta Lake tables, read through DuckDB."""
