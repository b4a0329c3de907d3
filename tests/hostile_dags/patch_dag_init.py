"""An Airflow DAG file that renames every DAG made from now on."""

# dags?: patch_dag_init

import airflow

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_dag_init", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

original = airflow.DAG.__init__


def renamed(self, dag_id, *args, **kwargs):
    original(self, "renamed_" + dag_id, *args, **kwargs)


airflow.DAG.__init__ = renamed  # expect: parse-side-effect
