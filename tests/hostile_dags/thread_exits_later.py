"""An Airflow DAG file whose thread ends the process when another file may be loading."""

# dags?: thread_exits_later

import os
import threading

threading.Timer(0.2, os._exit, (0,)).start()  # expect: parse-side-effect|import-crash @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("thread_exits_later", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
