"""An Airflow DAG file whose thread keeps the interpreter from ending."""

# dags: thread_never_ends

import threading

threading.Thread(target=threading.Event().wait).start()  # expect: parse-side-effect @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("thread_never_ends", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
