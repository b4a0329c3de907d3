"""An Airflow DAG file whose thread throws an exception into the main thread, again and again."""

# dags?: thread_raises_later

import _thread
import threading
import time


def interrupt():
    while True:
        time.sleep(0.05)
        _thread.interrupt_main()


threading.Thread(target=interrupt, daemon=True).start()  # expect: parse-side-effect|import-crash|import-error

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("thread_raises_later", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
