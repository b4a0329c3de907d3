"""An Airflow DAG file that empties the builtins."""

# dags?: clear_builtins

import builtins

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("clear_builtins", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

for name in list(vars(builtins)):
    if not name.startswith("__"):
        delattr(builtins, name)
# expect: import-error|import-crash|parse-side-effect
# maybe: parse-side-effect
