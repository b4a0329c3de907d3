"""Pulls XComs from where there are none."""

# dags: xcom_source
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator

with DAG("xcom_source", start_date=datetime(2024, 1, 1), schedule="@daily"):
    extract = BashOperator(task_id="extract", bash_command="true")
    right = BashOperator(task_id="right", bash_command="echo {{ ti.xcom_pull(task_ids=['extract']) }}")
    unknown = BashOperator(task_id="unknown", bash_command="echo {{ ti.xcom_pull('extrakt') }}")  # expect: xcom-source @here contains "write extract"
    later = BashOperator(task_id="later", bash_command="echo {{ ti.xcom_pull(task_ids='unknown') }}")  # expect: xcom-source @here contains "unknown >> later"
    other = BashOperator(task_id="other", bash_command="echo {{ ti.xcom_pull(task_ids='x', dag_id='y') }}")
    extract >> [right, unknown, later] >> other
