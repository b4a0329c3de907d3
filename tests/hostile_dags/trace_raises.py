"""An Airflow DAG file that leaves a trace function behind which raises in every function called."""

# dags?: trace_raises

import sys
import threading


def trace(frame, event, argument):
    raise RuntimeError("traced")


from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("trace_raises", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

threading.settrace(trace)
sys.settrace(trace)
# maybe: parse-side-effect
# maybe: import-error
