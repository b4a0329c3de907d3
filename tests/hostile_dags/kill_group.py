"""An Airflow DAG file that kills its process group."""

# dags?: kill_group

import os
import signal

os.killpg(0, signal.SIGKILL)  # expect: parse-subprocess @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("kill_group", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
