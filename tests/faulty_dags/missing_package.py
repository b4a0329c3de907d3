"""Needs a package that is not installed, and hides which."""

from airflow import DAG

try:
    import warehouse_client_9000
except ImportError:
    raise ImportError("please run the set-up")  # expect: import-error contains "warehouse_client_9000"

with DAG("missing_package", schedule="@daily"):
    warehouse_client_9000.load()
