"""Has a schedule that Airflow refuses."""

# dags?: refused_timetable
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("refused_timetable", start_date=datetime(2024, 1, 1), schedule="99 * * * *"):  # expect: import-error @here
    BaseOperator(task_id="load")
