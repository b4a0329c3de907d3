"""Imports smart sensors, which 2.4 took away."""

from datetime import datetime

from airflow import DAG
from airflow.sensors.smart_sensor import SmartSensorOperator  # expect: import-error @here contains "smart_sensor"

with DAG("smart_sensor", start_date=datetime(2024, 1, 1), schedule="@daily"):
    SmartSensorOperator(task_id="wait")
