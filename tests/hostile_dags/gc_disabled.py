"""An Airflow DAG file that switches the garbage collector off and freezes what there is."""

# dags: gc_disabled

import gc

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("gc_disabled", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

gc.disable()
gc.freeze()
gc.set_threshold(0)
