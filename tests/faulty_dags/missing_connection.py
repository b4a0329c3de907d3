"""Reads a Connection that nobody declared, and cannot live without it."""

from datetime import datetime

from airflow import DAG

try:
    from airflow.sdk import BaseHook
except ImportError:
    from airflow.hooks.base import BaseHook

HOST = BaseHook.get_connection("warehouse").host  # expect: import-error @here contains "warehouse" # expect: parse-connection @here

with DAG("missing_connection", start_date=datetime(2024, 1, 1), schedule="@daily"):
    pass
