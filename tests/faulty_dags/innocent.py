"""Makes no mistake."""

# expect: nothing
# dags: innocent
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("innocent", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="extract") >> BaseOperator(task_id="load")
