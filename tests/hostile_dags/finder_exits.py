"""An Airflow DAG file that ends the process at the next import of anything."""

# dags?: finder_exits

import os
import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("finder_exits", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        os._exit(0)


sys.meta_path.insert(0, Finder)
# maybe: import-crash
# maybe: parse-side-effect
