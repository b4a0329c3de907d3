"""An Airflow DAG file that takes the dictionary of modules itself away."""

# dags?: clear_modules_attribute

import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("clear_modules_attribute", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

del sys.modules
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
