"""An Airflow DAG file that puts an object which fights back among the import folders."""

# dags: patch_sys_path_entry

import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_sys_path_entry", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

class Entry:
    def __str__(self):
        raise KeyError

    __eq__ = __repr__ = __fspath__ = __str__


sys.path.append(Entry())  # expect: parse-side-effect @here
