"""An Airflow DAG file that leaves a thread behind whose name raises."""

# dags: thread_name_raises

import threading

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("thread_name_raises", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

class Thread(threading.Thread):
    name = property(lambda self: 1 / 0, lambda self, value: None)


Thread(target=threading.Event().wait, daemon=True).start()  # expect: parse-side-effect @here
