"""An Airflow DAG file that replaces the builtin open."""

# dags?: patch_open

import builtins
import io
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_open", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

builtins.open = lambda *_, **__: None
io.open = os.open = os.fdopen = builtins.open
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
