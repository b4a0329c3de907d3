"""Goes round in a circle."""

# dags?: cycle
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("cycle", start_date=datetime(2024, 1, 1), schedule="@daily"):
    extract = BaseOperator(task_id="extract")  # expect: cycle @here contains "extract -> transform -> load -> extract"
    transform = BaseOperator(task_id="transform")
    load = BaseOperator(task_id="load")
    extract >> transform >> load >> extract
