"""An Airflow DAG file whose thread takes the lock of the logging module and keeps it."""

# dags?: thread_holds_lock

import logging
import threading


def hold():
    logging._acquireLock() if hasattr(logging, "_acquireLock") else logging._lock.acquire()
    threading.Event().wait()


threading.Thread(target=hold, daemon=True).start()  # expect: parse-side-effect|import-timeout

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("thread_holds_lock", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
