"""Waits for a DAG at times at which it has no run; and once as it should be."""

# dags: late_report, night_orders
from datetime import datetime, timedelta

from airflow import DAG
from airflow.models import BaseOperator

try:
    from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
except ImportError:
    from airflow.sensors.external_task import ExternalTaskSensor

COMMON = {"start_date": datetime(2024, 1, 1), "catchup": False}

with DAG("night_orders", schedule="0 5 * * *", **COMMON):
    BaseOperator(task_id="load")

with DAG("late_report", schedule="30 6 * * *", **COMMON):
    SENSOR = {"external_dag_id": "night_orders", "mode": "reschedule"}
    right = ExternalTaskSensor(task_id="right", execution_delta=timedelta(minutes=90), **SENSOR)
    wrong = ExternalTaskSensor(task_id="wrong", **SENSOR)  # expect: external-date @here contains "the nearest is 2024-01-01T05:00Z"
    right >> wrong
