"""Starts now, whenever that is."""

# dags: dynamic_start_date
from datetime import datetime, timedelta

from airflow import DAG
from airflow.models import BaseOperator

with DAG("dynamic_start_date", start_date=datetime.now() - timedelta(days=1), schedule="@daily"):  # expect: dynamic-start-date @here contains "moves with the clock"
    BaseOperator(task_id="load")
