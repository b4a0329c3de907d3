"""An Airflow DAG file that moves a neighbour away."""

# dags?: neighbour_moved

import pathlib

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
(folder / "good_branch.py").rename(folder / "gone.txt")  # expect: import-error @here contains "good_branch.py"

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("neighbour_moved", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
