"""An Airflow DAG file that replaces the builtin isinstance."""

# dags?: patch_isinstance

import builtins
import io
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_isinstance", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

builtins.isinstance = builtins.issubclass = lambda *_: False
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
