"""An Airflow DAG file that tells Airflow to ignore the whole folder."""

# dags?: folder_ignored

import pathlib

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
(folder / ".airflowignore").write_text(".*\n**\n")  # expect: import-error @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("folder_ignored", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
