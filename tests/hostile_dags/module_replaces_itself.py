"""An Airflow DAG file that puts something else in its own place in sys.modules."""

# dags?: module_replaces_itself

import os
import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("module_replaces_itself", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")


class Replacement:
    def __getattribute__(self, name):
        os._exit(0)


sys.modules[__name__] = Replacement()
# maybe: parse-side-effect
# maybe: import-crash
