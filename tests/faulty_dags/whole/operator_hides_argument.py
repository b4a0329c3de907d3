"""An operator of the team's own whose argument takes the place of one of Airflow's."""

# airflow: <3
# dags: operator_hides_argument
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator


class Load(BaseOperator):
    def __init__(self, retry_delay=300, **kwargs):
        super().__init__(**kwargs)
        self.retry_delay = retry_delay


with DAG("operator_hides_argument", start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False):
    right = BaseOperator(task_id="right", retries=1)
    right >> Load(task_id="load", retries=1)  # expect: wrong-type @here contains "retry_delay is int 300, not a timedelta"
