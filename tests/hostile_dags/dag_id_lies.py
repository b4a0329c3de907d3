"""An Airflow DAG file whose dag id is another one each time somebody looks."""

# dags?: dag_id_lies

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

class Lying(str):
    def __str__(self):
        return "good_chain"

    __repr__ = __str__

    def __format__(self, spec):
        return "good_chain"

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash("good_chain")

    def encode(self, *_):
        return b"\x1b[2J\n"


with DAG(Lying("dag_id_lies"), start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id=Lying("only"))
# maybe: import-error
