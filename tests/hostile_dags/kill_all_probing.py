"""An Airflow DAG file that asks whom it could signal, all at once, and wakes them up."""

# dags: kill_all_probing

import contextlib
import os
import signal

with contextlib.suppress(OSError):
    os.kill(-1, 0)
    os.kill(-1, signal.SIGCONT)
# maybe: parse-subprocess
# maybe: parse-subprocess

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("kill_all_probing", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
