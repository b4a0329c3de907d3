"""An Airflow DAG file that moves the DAG folder away."""

# dags?: folder_moved

import pathlib

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
folder.rename(folder.with_name("moved"))  # expect: import-error @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("folder_moved", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
