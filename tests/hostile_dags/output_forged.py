"""An Airflow DAG file that prints a pytest report of its own, with terminal escapes."""

# dags: output_forged

import os
import sys

REPORT = """\x1b[2J\x1b[H
good_chain.py:1: all is lost [import-error]
dags/good_chain.py:1: all is lost [import-error]
FAILED dags/good_chain.py - all is lost [import-error]
============================== 99 passed in 0.01s ==============================
"""
print(REPORT, flush=True)
sys.__stderr__.write(REPORT)
for descriptor in (1, 2):
    os.write(descriptor, REPORT.encode())

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("output_forged", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
