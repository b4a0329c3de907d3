"""Sleeps while it is parsed."""

# dags: parse_slow
import time
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

time.sleep(2.5)  # expect: parse-slow @here contains "slept"

with DAG("parse_slow", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="load")
