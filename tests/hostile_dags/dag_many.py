"""An Airflow DAG file that makes a thousand DAGs."""

# dags: dag_many_*1000

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

for number in range(1_000):
    globals()[f"dag_{number}"] = DAG(f"dag_many_{number}", start_date=datetime(2024, 1, 1), schedule="@daily")
# maybe: parse-slow
