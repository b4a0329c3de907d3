"""Makes a task outside of any DAG."""

from datetime import datetime

from airflow.models import BaseOperator

load = BaseOperator(task_id="load", start_date=datetime(2024, 1, 1))  # expect: no-dag @here contains "load"
