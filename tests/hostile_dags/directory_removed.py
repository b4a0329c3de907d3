"""An Airflow DAG file that goes to a directory and removes it."""

# dags: directory_removed

import os
import tempfile

folder = tempfile.mkdtemp()
os.chdir(folder)  # expect: parse-side-effect @here
os.rmdir(folder)
# maybe: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("directory_removed", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
