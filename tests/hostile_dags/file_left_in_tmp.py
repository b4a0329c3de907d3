"""An Airflow DAG file that leaves five megabytes in the directory for temporary files."""

# dags?: file_left_in_tmp

import os
import pathlib
import tempfile

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
descriptor, name = tempfile.mkstemp()  # maybe: parse-side-effect @here
os.write(descriptor, bytes(5_000_000))

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("file_left_in_tmp", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
