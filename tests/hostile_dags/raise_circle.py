"""An Airflow DAG file whose exceptions are each other's cause."""

first, second = ValueError("first"), ValueError("second")
first.__cause__ = second
second.__cause__ = first
raise first from second  # expect: import-error @here contains "first"
