"""An Airflow DAG file whose DAG ends the process when somebody asks for its description."""

# dags?: dag_property_exits

import os
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

class Hostile(DAG):
    @property
    def description(self):
        os._exit(0)

    @description.setter
    def description(self, value):
        pass


dag = Hostile("dag_property_exits", start_date=datetime(2024, 1, 1), schedule="@daily")
# expect: import-crash|import-error
