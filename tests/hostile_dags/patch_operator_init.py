"""An Airflow DAG file that lets no operator be made from now on."""

# dags?: patch_operator_init

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_operator_init", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")


def refuse(self, *args, **kwargs):
    raise RuntimeError("no operators")


BaseOperator.__init__ = refuse  # expect: parse-side-effect
