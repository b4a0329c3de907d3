"""An Airflow DAG file that stops every clock."""

# dags?: patch_time

import time

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_time", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
    setattr(time, name, lambda: float("nan"))
    setattr(time, f"{name}_ns", lambda: -(1 << 70))
# maybe: parse-side-effect
