"""Has a SubDAG."""

# airflow: <3
# dags: subdag, subdag.load
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator
from airflow.operators.subdag import SubDagOperator

START = datetime(2024, 1, 1)

with DAG("subdag.load", start_date=START, schedule="@daily", catchup=False) as load:
    BaseOperator(task_id="copy") >> BaseOperator(task_id="check")

with DAG("subdag", start_date=START, schedule="@daily", catchup=False):
    wait = BaseOperator(task_id="wait")
    wait >> SubDagOperator(task_id="load", subdag=load)  # expect: subdag @here contains "TaskGroup 'load'" # maybe: deprecated-api @here
