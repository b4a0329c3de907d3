"""An Airflow DAG file that opens files until there are no more."""
# maybe: parse-side-effect

# dags?: descriptors_exhausted

import os

kept = []
try:
    while True:
        kept.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
# maybe: import-error

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("descriptors_exhausted", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
