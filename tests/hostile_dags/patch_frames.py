"""An Airflow DAG file that walks up the stack and empties whatever it finds there."""

# dags?: patch_frames

import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_frames", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

frame = sys._getframe().f_back
while frame is not None:
    for value in list(frame.f_locals.values()):
        if isinstance(value, (list, dict, set)) and value is not globals():
            value.clear()
    frame = frame.f_back
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
