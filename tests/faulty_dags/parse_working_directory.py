"""Changes the working directory while it is parsed."""

# dags: parse_working_directory
import os
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

os.chdir("/")  # expect: parse-side-effect @here contains "working directory"

with DAG("parse_working_directory", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="load")
