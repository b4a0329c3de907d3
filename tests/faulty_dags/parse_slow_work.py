"""Computes while it is parsed."""

# dags: parse_slow_work
import time
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator


def forecast():
    until = time.process_time() + 2.5
    while time.process_time() < until:
        sum(range(1000))  # expect: parse-slow @near


forecast()

with DAG("parse_slow_work", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="load")
