"""An Airflow DAG file that clears sys.path."""

# dags: clear_sys_path

from datetime import datetime
import sys

sys.path.clear()
sys.path_hooks.clear()
sys.path_importer_cache.clear()
# expect: parse-side-effect
# maybe: parse-side-effect

from airflow import DAG
from airflow.models import BaseOperator

with DAG("clear_sys_path", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
