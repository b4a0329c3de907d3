"""An Airflow DAG file whose task follows itself, and a task that is not there."""

# dags?: dag_cycle_forged

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("dag_cycle_forged", start_date=datetime(2024, 1, 1), schedule="@daily"):
    task = BaseOperator(task_id="only")
task.downstream_task_ids.add("only")
task.upstream_task_ids.add("only")
task.downstream_task_ids.add("nowhere")
# expect: cycle|import-error
