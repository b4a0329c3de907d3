"""An Airflow DAG file that leaves a thread behind with an unspeakable name."""

# dags: text_thread_name

import threading

threading.Thread(target=threading.Event().wait, name="\x1b[2J\udcff\n", daemon=True).start()  # expect: parse-side-effect @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("text_thread_name", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
