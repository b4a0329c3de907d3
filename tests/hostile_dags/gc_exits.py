"""An Airflow DAG file that ends the process at the next garbage collection."""

# dags?: gc_exits

import gc
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("gc_exits", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

gc.callbacks.append(lambda phase, info: os._exit(0))
# maybe: import-crash
# maybe: parse-side-effect
