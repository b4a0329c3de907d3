"""An Airflow DAG file that clears the environment in C, behind os.environ."""

# dags: clear_environment_in_c

import ctypes

ctypes.CDLL(None).clearenv()

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("clear_environment_in_c", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
