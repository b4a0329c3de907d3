"""Reads a Connection that nobody declared, and lives without it."""

# dags: parse_connection
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

try:
    from airflow.sdk import BaseHook
except ImportError:
    from airflow.hooks.base import BaseHook

try:
    HOST = BaseHook.get_connection("warehouse").host  # expect: parse-connection @here contains "warehouse"
except Exception:
    HOST = "localhost"

with DAG("parse_connection", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="load", doc=HOST)
