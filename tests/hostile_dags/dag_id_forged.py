"""An Airflow DAG file that renames its DAG to an unspeakable id, past Airflow's own test."""

# dags?: *

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

dag = DAG("dag_id_forged", start_date=datetime(2024, 1, 1), schedule="@daily")
BaseOperator(task_id="only", dag=dag)
object.__setattr__(dag, "_dag_id" if hasattr(dag, "_dag_id") else "dag_id", "a::b\n\x1b[2J\ud800")
# maybe: import-error
