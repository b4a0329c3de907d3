"""Leaves a thread running."""

# dags: parse_thread
import threading
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

threading.Thread(target=threading.Event().wait, name="refresher", daemon=True).start()  # expect: parse-side-effect @here contains "refresher"

with DAG("parse_thread", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="load")
