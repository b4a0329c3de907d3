"""An Airflow DAG file that leaves a ProcessPoolExecutor behind, whose threads wait for ever."""

# dags?: process_executor

from concurrent.futures import ProcessPoolExecutor

pool = ProcessPoolExecutor(2)
# expect: parse-subprocess
# maybe: parse-side-effect
sizes = list(pool.map(len, ["a", "bc"]))

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("process_executor", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
