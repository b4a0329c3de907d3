"""Uses pools that are not declared, or too small."""

# dags: pools
from datetime import datetime

from airflow import DAG

from airflow.models import BaseOperator

with DAG("pools", start_date=datetime(2024, 1, 1), schedule="@daily"):
    fits = BaseOperator(task_id="fits", pool="warehouse", pool_slots=2)
    large = BaseOperator(task_id="large", pool="warehouse", pool_slots=3)  # expect: pool-slots @here contains "which has 2"
    lost = BaseOperator(task_id="lost", pool="warehose")  # expect: unknown-pool @here contains "warehouse"
    fits >> large >> lost
