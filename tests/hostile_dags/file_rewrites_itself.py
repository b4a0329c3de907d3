"""An Airflow DAG file that is another one when it is read again."""

# dags?: file_rewrites_itself

import pathlib

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
pathlib.Path(__file__).write_text("\n" * 100 + "airflow dag (")  # expect: import-error @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("file_rewrites_itself", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
