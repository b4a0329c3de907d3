"""Names a task after the day of the parse."""

# dags: unstable_clock
from datetime import date, datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("unstable_clock", start_date=datetime(2024, 1, 1), schedule="@daily"):  # expect: unstable-dag @here contains "load_"
    BaseOperator(task_id=f"load_{date.today():%Y%m%d}")
