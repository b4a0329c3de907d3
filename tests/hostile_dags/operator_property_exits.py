"""An Airflow DAG file whose operator ends the process when somebody asks for its owner."""

# dags?: operator_property_exits

import os
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

class Hostile(BaseOperator):
    @property
    def trigger_rule(self):
        os._exit(0)

    @trigger_rule.setter
    def trigger_rule(self, value):
        pass


with DAG("operator_property_exits", start_date=datetime(2024, 1, 1), schedule="@daily"):
    Hostile(task_id="only")
# expect: import-crash|import-error
