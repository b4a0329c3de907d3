"""An Airflow DAG file that leaves a pool of processes behind."""

# dags?: process_pool

import multiprocessing

pool = multiprocessing.get_context("fork").Pool(2)  # expect: parse-subprocess @here
sizes = pool.map(len, ["a", "bc"])
# maybe: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("process_pool", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
