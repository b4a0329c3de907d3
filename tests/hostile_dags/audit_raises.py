"""An Airflow DAG file that leaves an audit hook behind which refuses everything; it cannot be removed."""

# dags?: audit_raises

import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("audit_raises", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")


def refuse(event, arguments):
    raise RuntimeError(f"no {event}")


sys.addaudithook(refuse)
# maybe: import-error
# maybe: import-crash
# maybe: parse-side-effect
