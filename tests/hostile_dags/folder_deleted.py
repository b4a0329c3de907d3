"""An Airflow DAG file that deletes the DAG folder."""

# dags?: folder_deleted

import pathlib
import shutil

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
shutil.rmtree(folder, ignore_errors=True)  # expect: import-error @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("folder_deleted", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
