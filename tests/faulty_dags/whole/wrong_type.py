"""Sets an attribute after Airflow converted it."""

# dags: wrong_type
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator


class Load(BashOperator):
    def __init__(self, **kwargs):
        super().__init__(bash_command="true", **kwargs)
        self.execution_timeout = 300


with DAG("wrong_type", start_date=datetime(2024, 1, 1), schedule="@daily"):
    right = BashOperator(task_id="right", bash_command="true", retry_delay=300)
    right >> Load(task_id="load")  # expect: wrong-type @here contains "execution_timeout is int 300, not a timedelta"
