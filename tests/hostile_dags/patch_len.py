"""An Airflow DAG file that replaces the builtin len."""

# dags?: patch_len

import builtins
import io
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_len", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

builtins.len = lambda _: 0
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
