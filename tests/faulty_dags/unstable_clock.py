"""Starts now, whenever that is."""

# dags: unstable_clock
from datetime import datetime, timedelta

from airflow import DAG
from airflow.models import BaseOperator

with DAG("unstable_clock", start_date=datetime.now() - timedelta(days=1), schedule="@daily"):  # expect: unstable-dag @here contains "start"
    BaseOperator(task_id="load")
