"""Changes the environment while it is parsed."""

# dags: parse_environment
import os
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

os.environ["PGHOST"] = "warehouse"  # expect: parse-side-effect @here contains "PGHOST"

with DAG("parse_environment", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="load")
