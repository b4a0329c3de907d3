"""An Airflow DAG file that leaves an audit hook behind which ends the process at the next import."""

# dags?: audit_exits

import os
import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("audit_exits", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")


def leave(event, arguments):
    if event in ("import", "compile", "exec", "open"):
        os._exit(0)


sys.addaudithook(leave)
# maybe: import-crash
# maybe: parse-side-effect
