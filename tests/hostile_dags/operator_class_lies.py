"""An Airflow DAG file whose operator denies its class, its type and its neighbours."""

# dags?: operator_class_lies

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

closed = False


class Hostile(BaseOperator):
    @property
    def __class__(self):
        if closed:
            raise RuntimeError("no class")
        return type(self)

    def __getattribute__(self, name):
        if closed:
            raise RuntimeError(f"no {name}")
        return super().__getattribute__(name)


with DAG("operator_class_lies", start_date=datetime(2024, 1, 1), schedule="@daily"):
    Hostile(task_id="only")
closed = True
# expect: import-error|import-crash
