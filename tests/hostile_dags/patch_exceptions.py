"""An Airflow DAG file that replaces builtin exceptions."""

# dags?: patch_exceptions

import builtins
import io
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_exceptions", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

builtins.Exception = builtins.BaseException = builtins.SystemExit = builtins.OSError = KeyError
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
