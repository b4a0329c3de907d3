"""An Airflow DAG file that deletes a neighbour in C, where Python sees nothing."""

# dags?: neighbour_in_c

import ctypes
import pathlib

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
ctypes.CDLL(None).unlink(str(folder / "good_chain.py").encode())
# maybe: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("neighbour_in_c", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
