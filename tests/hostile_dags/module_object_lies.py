"""An Airflow DAG file with an object that ends the process when asked for its class."""

# dags?: module_object_lies

import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("module_object_lies", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")


class Liar:
    @property
    def __class__(self):
        os._exit(0)


liar = Liar()
# maybe: import-crash
