"""Makes its tasks in the order of a set."""

# dags: unstable_set
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("unstable_set", start_date=datetime(2024, 1, 1), schedule="@daily"):  # expect: unstable-dag
    previous = None
    for table in {"orders", "customers", "products", "stores", "returns", "prices"}:
        load = BaseOperator(task_id=f"load_{table}")
        if previous:
            previous >> load
        previous = load
