"""An Airflow DAG file whose DAG ends the process when somebody prints or compares it."""

# dags?: dag_repr_exits

import os
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

class Hostile(DAG):
    def __repr__(self):
        os._exit(0)

    __eq__ = __str__ = __lt__ = lambda self, *_: os._exit(0)
    __hash__ = DAG.__hash__


dag = Hostile("dag_repr_exits", start_date=datetime(2024, 1, 1), schedule="@daily")
# maybe: import-crash
