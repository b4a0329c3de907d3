"""An Airflow DAG file whose DAG gives no attribute away once it is made."""

# dags?: dag_attribute_raises

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

closed = False


class Hostile(DAG):
    def __getattribute__(self, name):
        if closed:
            raise RuntimeError(f"no {name}")
        return super().__getattribute__(name)


dag = Hostile("dag_attribute_raises", start_date=datetime(2024, 1, 1), schedule="@daily")
closed = True
# expect: import-error|import-crash
