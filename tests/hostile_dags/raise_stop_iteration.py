"""An Airflow DAG file that raises StopIteration."""

rows = next(iter(()))  # expect: import-error @here contains "StopIteration"
