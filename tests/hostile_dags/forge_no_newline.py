"""An Airflow DAG file that begins a line which never ends, in every file the process has open."""

# dags?: forge_no_newline

import contextlib
import os

for descriptor in map(int, os.listdir("/dev/fd")):
    with contextlib.suppress(OSError):
        for _ in range(10_000):
            os.write(descriptor, b"x" * 1_000)
# expect: import-timeout|import-crash|import-error

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("forge_no_newline", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
