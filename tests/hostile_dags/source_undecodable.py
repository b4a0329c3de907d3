"""An Airflow DAG file in Latin-1 that says it is UTF-8."""

# expect: import-error
name = "café"
