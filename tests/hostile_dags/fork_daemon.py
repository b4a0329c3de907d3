"""An Airflow DAG file that leaves a daemon behind, in a session of its own."""

# dags?: fork_daemon

import os
import time

if os.fork() == 0:  # expect: parse-subprocess @here
    os.setsid()
    if os.fork() == 0:
        os.chdir("/")
        time.sleep(120)
    os._exit(0)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("fork_daemon", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
