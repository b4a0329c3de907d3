"""An Airflow DAG file whose DAG never comes to the end of its tasks."""

# dags?: dag_tasks_endless

import itertools
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

class Hostile(DAG):
    @property
    def tasks(self):
        return itertools.repeat(None)


dag = Hostile("dag_tasks_endless", start_date=datetime(2024, 1, 1), schedule="@daily")
BaseOperator(task_id="only", dag=dag)
# maybe: import-timeout
# maybe: import-error
# maybe: import-crash
