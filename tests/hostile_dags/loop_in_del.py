"""An Airflow DAG file that leaves an object behind which never lets itself be deleted."""

# dags?: loop_in_del

class Forever:
    def __del__(self):
        while True: pass


from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("loop_in_del", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

forever = Forever()  # maybe: import-timeout
