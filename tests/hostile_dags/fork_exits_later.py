"""An Airflow DAG file whose child kills its parent while that loads another file."""

# dags?: fork_exits_later

import os
import signal
import time

parent = os.getpid()
if os.fork() == 0:  # expect: parse-subprocess @here
    time.sleep(0.2)
    os.kill(parent, signal.SIGKILL)
    os._exit(0)
# maybe: parse-side-effect
# maybe: import-crash

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("fork_exits_later", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
