"""An Airflow DAG file whose import hook fights back when it is compared."""

# dags: patch_meta_path_hook

import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_meta_path_hook", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

class Hook:
    def find_spec(self, name, path=None, target=None):
        return None

    def __eq__(self, other):
        raise KeyError


sys.meta_path.append(Hook())  # expect: parse-side-effect @here
