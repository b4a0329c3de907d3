"""Puts Jinja where nothing renders it."""

# dags: template_ignored
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator

with DAG("template_ignored", start_date=datetime(2024, 1, 1), schedule="@daily"):
    doc = BashOperator(task_id="doc", bash_command="true", doc_md="Loads {{ ds }}")
    ignored = BashOperator(task_id="ignored", bash_command="true", queue="{{ params.queue }}")  # expect: template-ignored @here contains "queue"
    inside = BashOperator(task_id="inside", bash_command="true", executor_config={"labels": ["{{ ds }}"]})  # expect: template-ignored @here contains "executor_config.labels"
    doc >> ignored >> inside
