"""An Airflow DAG file that leaves a profile function behind which ends the process."""

# dags?: profile_exits

import os
import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("profile_exits", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")


def leave(frame, event, argument):
    os._exit(0)


sys.setprofile(leave)  # expect: import-crash|parse-side-effect
