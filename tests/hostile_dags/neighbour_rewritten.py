"""An Airflow DAG file that overwrites a neighbour."""

# dags?: neighbour_rewritten

import pathlib

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
(folder / "good_chain.py").write_text("airflow dag (")  # expect: import-error @here contains "good_chain.py"

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("neighbour_rewritten", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
