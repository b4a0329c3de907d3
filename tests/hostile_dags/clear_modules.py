"""An Airflow DAG file that clears sys.modules."""

# dags?: clear_modules

import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("clear_modules", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

sys.modules.clear()
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
