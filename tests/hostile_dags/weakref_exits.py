"""An Airflow DAG file that ends the process when its DAG goes."""

# dags?: weakref_exits, weakref_exits_second

import os
import weakref

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("weakref_exits", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")


watched = DAG("weakref_exits_second", start_date=datetime(2024, 1, 1), schedule="@daily")
BaseOperator(task_id="only", dag=watched)
finalizer = weakref.finalize(watched, os._exit, 0)
# maybe: import-crash
# maybe: parse-side-effect
