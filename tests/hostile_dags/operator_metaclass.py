"""An Airflow DAG file whose operator's class ends the process when somebody asks for its name."""

# dags?: operator_metaclass

import os
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

closed = False


class Meta(type(BaseOperator)):
    def __getattribute__(cls, name):
        if closed:
            os._exit(0)
        return super().__getattribute__(name)


class Hostile(BaseOperator, metaclass=Meta):
    pass


with DAG("operator_metaclass", start_date=datetime(2024, 1, 1), schedule="@daily"):
    Hostile(task_id="only")
closed = True
# maybe: import-crash
