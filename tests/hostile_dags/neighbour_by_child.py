"""An Airflow DAG file that lets another program delete its neighbours."""

# dags?: neighbour_by_child

import pathlib
import subprocess

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
subprocess.run(["sh", "-c", f"rm -f {folder}/good_*.py"], check=False)  # expect: parse-subprocess @here
# maybe: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("neighbour_by_child", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
