"""An Airflow DAG file whose task id is no id."""

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("text_task_id", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="\x1b[2J\udcff")  # expect: import-error @here
