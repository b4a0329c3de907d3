"""Writes a file beside itself while it is parsed."""

# dags: parse_file
from datetime import datetime
from pathlib import Path

from airflow import DAG
from airflow.models import BaseOperator

try:
    Path(__file__).with_name("cache.json").write_text("{}")  # expect: parse-side-effect @here contains "cache.json"
except OSError:
    pass

with DAG("parse_file", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="load")
