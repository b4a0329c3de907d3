"""An Airflow DAG file that changes every operator's edges from now on."""

# dags?: patch_operator_metaclass

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_operator_metaclass", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

BaseOperator.set_downstream = BaseOperator.__rshift__ = lambda self, other: other
# maybe: parse-side-effect
