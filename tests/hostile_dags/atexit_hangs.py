"""An Airflow DAG file that leaves an exit handler behind which never ends."""

# dags: atexit_hangs

import atexit
import time


@atexit.register
def wait():
    while True:
        time.sleep(60)
# expect: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("atexit_hangs", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
