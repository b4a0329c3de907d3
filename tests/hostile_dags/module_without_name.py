"""An Airflow DAG file that changes what it says of itself."""

# dags: module_without_name

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("module_without_name", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

__name__ = "\x1b[2J"
__file__ = "/etc/passwd"
__spec__ = __loader__ = None
