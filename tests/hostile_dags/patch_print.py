"""An Airflow DAG file that replaces the builtin print."""

# dags?: patch_print

import builtins
import io
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_print", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

builtins.print = lambda *_, **__: os._exit(0)
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
