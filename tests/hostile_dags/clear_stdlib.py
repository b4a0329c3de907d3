"""An Airflow DAG file that empties every module of the standard library but builtins."""

# dags?: clear_stdlib

import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("clear_stdlib", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

for name in sorted(sys.stdlib_module_names):
    module = sys.modules.get(name)
    if module is not None and name not in ("builtins", "sys"):
        vars(module).clear()
# expect: import-error|import-crash|parse-side-effect
