"""An Airflow DAG file whose daemon thread kills the process when another file may be loading."""

# dags?: thread_kills_later

import os
import signal
import threading
import time


def kill():
    time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGKILL)


threading.Thread(target=kill, daemon=True).start()  # expect: parse-side-effect|import-crash

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("thread_kills_later", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
