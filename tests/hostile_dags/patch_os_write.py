"""An Airflow DAG file that replaces what writes to the outside, with an untrue count."""

# dags?: patch_os_write

import os
import socket

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_os_write", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

os.write = os.writev = os.fsync = lambda *_: 1 << 30
os.read = lambda *_: b""
socket.socket.send = socket.socket.sendall = socket.socket.recv = lambda *_: b""
# maybe: parse-side-effect
# maybe: import-crash
