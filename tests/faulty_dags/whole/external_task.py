"""Waits for what never comes."""

# dags: external_task
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
except ImportError:
    from airflow.sensors.external_task import ExternalTaskSensor

with DAG("external_task", start_date=datetime(2024, 1, 1), schedule="@daily"):
    there = ExternalTaskSensor(task_id="there", mode="reschedule", external_dag_id="isolated_task", external_task_id="load")
    theirs = ExternalTaskSensor(task_id="theirs", mode="reschedule", external_dag_id="sales_daily")
    no_dag = ExternalTaskSensor(task_id="no_dag", mode="reschedule", external_dag_id="isolated_tusk")  # expect: external-task @here contains "write isolated_task"
    no_task = ExternalTaskSensor(task_id="no_task", mode="reschedule", external_dag_id="isolated_task", external_task_id="loads")  # expect: external-task @here contains "no such task"
    there >> theirs >> no_dag >> no_task
