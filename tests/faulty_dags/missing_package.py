"""Needs a package that is not installed, and hides which."""

from datetime import datetime

from airflow import DAG

try:
    import warehouse_client_9000
except ImportError:
    raise ImportError("please run the set-up")  # expect: import-error contains "warehouse_client_9000"

with DAG("missing_package", start_date=datetime(2024, 1, 1), schedule="@daily"):
    warehouse_client_9000.load()
