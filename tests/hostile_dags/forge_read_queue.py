"""An Airflow DAG file that reads what was meant for the worker, from every file the process has open."""

# dags?: forge_read_queue

import contextlib
import os
import stat

for descriptor in map(int, os.listdir("/dev/fd")):
    with contextlib.suppress(OSError):
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            os.set_blocking(descriptor, False)
            os.read(descriptor, 1 << 16)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("forge_read_queue", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
# maybe: import-crash
# maybe: import-error
# maybe: import-timeout
