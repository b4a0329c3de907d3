"""Decorates its operator with what Airflow 3 no longer has."""

# airflow: >=3
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator
from airflow.utils.decorators import apply_defaults  # expect: import-error @here contains "apply_defaults"


class Load(BaseOperator):
    @apply_defaults
    def __init__(self, **kwargs):
        super().__init__(**kwargs)


with DAG("removed_apply_defaults", start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False):
    Load(task_id="load")
