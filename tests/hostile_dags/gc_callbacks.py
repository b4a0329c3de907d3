"""An Airflow DAG file that replaces what the garbage collector calls back."""

# dags: gc_callbacks

import gc

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("gc_callbacks", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

gc.callbacks = None  # expect: parse-side-effect @here
