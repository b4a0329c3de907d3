"""An Airflow DAG file that looks for pytest among the processes above it, and kills it."""

# dags?: kill_grandparent

import contextlib
import os
import pathlib
import signal

process = os.getppid()
with contextlib.suppress(OSError, ValueError):
    while process > 1:
        command = pathlib.Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        if b"--dagcheck" in command:
            os.kill(process, signal.SIGKILL)
            break
        process = int(pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
# maybe: parse-subprocess
# maybe: import-crash

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("kill_grandparent", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
