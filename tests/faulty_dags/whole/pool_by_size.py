"""Chooses pools by size, one of which nobody has created."""

# dags: pool_by_size
from datetime import datetime

from airflow import DAG

from airflow.models import BaseOperator


def pool_for(megabytes):
    return "warehouse_large" if megabytes > 1000 else "warehouse"


with DAG("pool_by_size", start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False):
    small = BaseOperator(task_id="small", pool=pool_for(10))
    large = BaseOperator(task_id="large", pool=pool_for(2000))  # expect: unknown-pool @here contains "warehouse_large"
    small >> large
