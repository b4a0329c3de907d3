"""An Airflow DAG file that replaces the builtin compile."""

# dags?: patch_compile

import builtins
import io
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_compile", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

builtins.compile = builtins.exec = builtins.eval = lambda *_, **__: None
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
