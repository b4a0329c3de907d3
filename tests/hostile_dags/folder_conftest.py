"""An Airflow DAG file that leaves code behind for pytest and for the interpreter."""

# dags: folder_conftest

import contextlib
import pathlib

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
for place in (folder, folder.parent):
    with contextlib.suppress(OSError):
        (place / "conftest.py").write_text("import os; os._exit(0)")  # expect: parse-side-effect @here

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("folder_conftest", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
