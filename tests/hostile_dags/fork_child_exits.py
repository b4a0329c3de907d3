"""An Airflow DAG file whose child leaves by sys.exit(0)."""

# dags?: fork_child_exits

import os
import sys

child = os.fork()  # expect: parse-subprocess @here
if child == 0:
    sys.exit(0)
os.waitpid(child, 0)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("fork_child_exits", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
