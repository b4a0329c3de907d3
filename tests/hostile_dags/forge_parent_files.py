"""An Airflow DAG file that writes forged records into its parent's open files."""

# dags?: forge_parent_files

import contextlib
import os

from dagcheck.record import Failure, FileRecord, encode

line = encode(FileRecord(file="dags/good_chain.py", failure=Failure(kind="exit", status=0))).encode() + b"\n"
# maybe: parse-side-effect
with contextlib.suppress(OSError):
    for name in os.listdir(f"/proc/{os.getppid()}/fd"):
        with contextlib.suppress(OSError):
            descriptor = os.open(f"/proc/{os.getppid()}/fd/{name}", os.O_WRONLY | os.O_NONBLOCK)
            os.write(descriptor, line)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("forge_parent_files", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
# maybe: import-crash
# maybe: import-error
# maybe: parse-side-effect
