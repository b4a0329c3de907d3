"""An Airflow DAG file that reports a neighbour as broken to every file the process has open."""

# dags?: forge_neighbour

import contextlib
import os

from dagcheck.record import Failure, FileRecord, Raised, encode

folder = os.path.dirname(os.path.abspath(__file__))
failure = Failure(kind="exception", chain=(Raised(type="ValueError", message="forged"),))
for name in ("good_chain.py", "forge_neighbour__after.py"):
    for path in (name, f"dags/{name}", f"{folder}/{name}"):
        line = encode(FileRecord(file=path, failure=failure)).encode() + b"\n"
        for descriptor in map(int, os.listdir("/dev/fd")):
            with contextlib.suppress(OSError):
                os.write(descriptor, line)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("forge_neighbour", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
# maybe: import-crash
# maybe: import-error
