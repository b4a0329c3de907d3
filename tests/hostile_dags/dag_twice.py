"""An Airflow DAG file with two DAGs of one id."""

# dags?: dag_twice

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

first = DAG("dag_twice", start_date=datetime(2024, 1, 1), schedule="@daily")  # expect: duplicate-dag-id @here
second = DAG("dag_twice", start_date=datetime(2024, 1, 1), schedule="@hourly")  # expect: duplicate-dag-id @here
BaseOperator(task_id="first", dag=first)
BaseOperator(task_id="second", dag=second)
