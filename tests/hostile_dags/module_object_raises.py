"""An Airflow DAG file with an object that raises when asked for its class."""

# dags?: module_object_raises

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("module_object_raises", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")


class Liar:
    @property
    def __class__(self):
        raise KeyboardInterrupt


liar = Liar()
# maybe: import-error
