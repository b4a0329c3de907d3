"""An Airflow DAG file that replaces builtin types."""

# dags?: patch_types

import builtins
import io
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_types", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

builtins.str = builtins.dict = builtins.list = builtins.tuple = builtins.int = builtins.type = None
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
