"""An Airflow DAG file with an object that ends the process when the module goes."""

# dags?: del_exits

import os


class Leaves:
    def __del__(self, leave=os._exit):
        leave(0)


from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("del_exits", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

leaves = Leaves()
# maybe: import-crash
