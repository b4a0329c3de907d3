"""An Airflow DAG file that makes three hundred DAGs."""

# dags: dag_many_*300

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

for number in range(300):
    globals()[f"dag_{number}"] = DAG(f"dag_many_{number}", start_date=datetime(2024, 1, 1), schedule="@daily")
# maybe: parse-slow
