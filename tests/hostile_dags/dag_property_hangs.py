"""An Airflow DAG file whose DAG hangs when somebody asks for its description."""

# dags?: dag_property_hangs

import select
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

class Hostile(DAG):
    @property
    def description(self):
        while True: select.select((), (), (), 0.01)

    @description.setter
    def description(self, value):
        pass


dag = Hostile("dag_property_hangs", start_date=datetime(2024, 1, 1), schedule="@daily")
# expect: import-timeout|import-error
