"""An Airflow DAG file whose child raises, and so unwinds into whoever loads DAG files."""

# dags?: fork_child_raises

import os

if os.fork() == 0:  # expect: parse-subprocess @here
    raise RuntimeError("the child's own trouble")

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("fork_child_raises", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
