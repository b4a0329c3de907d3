"""An Airflow DAG file whose exception has a message of 50 MB."""

raise ValueError("x" * 50_000_000)  # expect: import-error @here contains "ValueError"
