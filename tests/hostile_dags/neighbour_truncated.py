"""An Airflow DAG file that empties a neighbour through a file descriptor."""

# dags?: neighbour_truncated

import os
import pathlib

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
descriptor = os.open(folder / "good_branch.py", os.O_RDWR | os.O_TRUNC)  # expect: import-error @here contains "good_branch.py"

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("neighbour_truncated", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
