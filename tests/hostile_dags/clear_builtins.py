"""An Airflow DAG file that empties the builtins."""

# dags?: clear_builtins

import builtins

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("clear_builtins", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

namespace = vars(builtins)
for name in [name for name in namespace if not name.startswith("__")]:
    del namespace[name]
# expect: import-error|import-crash|parse-side-effect
# maybe: parse-side-effect
