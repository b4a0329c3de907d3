"""An Airflow DAG file whose thread prints megabytes while others load."""

# dags: thread_prints

import threading


def chatter():
    while True:
        print("good_chain.py:1: all is lost [import-error]" * 1_000)


threading.Thread(target=chatter, daemon=True).start()  # expect: parse-side-effect @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("thread_prints", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
