"""An Airflow DAG file whose DAG cannot be compared, hashed or printed."""

# dags?: dag_comparison_raises

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

class Hostile(DAG):
    def __eq__(self, other):
        raise RuntimeError("no comparison")

    def __hash__(self):
        raise RuntimeError("no hash")

    def __repr__(self):
        raise RuntimeError("no text")

    def __bool__(self):
        raise RuntimeError("no truth")

    def __iter__(self):
        raise RuntimeError("no items")

    __str__ = __repr__


dag = Hostile("dag_comparison_raises", start_date=datetime(2024, 1, 1), schedule="@daily")
# maybe: import-error
