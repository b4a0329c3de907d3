"""Generates DAGs from a list that it fetches at every parse, without a timeout."""

from datetime import datetime

import requests
from airflow import DAG
from airflow.models import BaseOperator

for endpoint in requests.get("http://192.0.2.1/endpoints").json()["endpoints"]:  # expect: parse-network @here contains "192.0.2.1:80"
    with DAG(f"api_monitor_{endpoint['name']}", start_date=datetime(2024, 1, 1), schedule="*/5 * * * *"):
        BaseOperator(task_id="probe")
