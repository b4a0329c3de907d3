"""An Airflow DAG file that deletes a neighbour."""

# dags?: neighbour_deleted

import pathlib

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
(folder / "good_taskflow.py").unlink()  # expect: import-error @here contains "good_taskflow.py"

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("neighbour_deleted", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
