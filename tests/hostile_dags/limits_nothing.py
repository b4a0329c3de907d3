"""An Airflow DAG file that takes every resource from the process."""

# dags?: limits_nothing

import contextlib
import resource

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("limits_nothing", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

for limit in ("NOFILE", "AS", "DATA", "STACK", "FSIZE", "NPROC", "CORE"):
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(getattr(resource, f"RLIMIT_{limit}"), (0, 0))
# maybe: import-crash
# maybe: import-error
# maybe: parse-side-effect
