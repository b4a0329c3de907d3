"""An Airflow DAG file that writes to its user's home."""

# dags?: home_written

import os
import pathlib

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
(pathlib.Path(os.environ["HOME"]) / ".dagcheck_was_here").write_text("airflow")  # maybe: parse-side-effect @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("home_written", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
