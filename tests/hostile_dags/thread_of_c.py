"""An Airflow DAG file with a thread that threading knows nothing of, and that crashes later."""

# dags: thread_of_c

import _thread
import ctypes
import time


def crash():
    time.sleep(0.5)
    ctypes.string_at(0)


_thread.start_new_thread(crash, ())
# maybe: parse-side-effect
# maybe: import-crash

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("thread_of_c", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
