"""An Airflow DAG file that clears sys.meta_path, so that nothing more can be imported."""

# dags: clear_meta_path

import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("clear_meta_path", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

sys.meta_path.clear()
# maybe: parse-side-effect
