"""Starts a DAG that is not there."""

# dags: trigger_target
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
except ImportError:
    from airflow.operators.trigger_dagrun import TriggerDagRunOperator

with DAG("trigger_target", start_date=datetime(2024, 1, 1), schedule="@daily"):
    TriggerDagRunOperator(task_id="known", trigger_dag_id="pools") >> TriggerDagRunOperator(
        task_id="unknown", trigger_dag_id="swimming"  # expect: trigger-target @near contains "swimming"
    )
