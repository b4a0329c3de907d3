"""An Airflow DAG file that kills every other child of its parent: the other workers."""

# dags?: kill_siblings

import contextlib
import os
import pathlib
import signal

for folder in pathlib.Path("/proc").glob("[0-9]*"):
    with contextlib.suppress(OSError, ValueError):
        parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        if parent == os.getppid() and int(folder.name) != os.getpid() and parent > 1:
            command = pathlib.Path(f"/proc/{parent}/cmdline").read_bytes()
            if b"dagcheck" in command:
                os.kill(int(folder.name), signal.SIGKILL)
# maybe: parse-subprocess
# maybe: import-crash

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("kill_siblings", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
