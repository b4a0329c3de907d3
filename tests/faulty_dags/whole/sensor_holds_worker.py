"""Waits for long with a worker slot in hand."""

# dags: sensor_holds_worker
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.sensors.python import PythonSensor
except ImportError:
    from airflow.sensors.python import PythonSensor

with DAG("sensor_holds_worker", start_date=datetime(2024, 1, 1), schedule="@daily"):
    short = PythonSensor(task_id="short", python_callable=bool, timeout=600)
    polite = PythonSensor(task_id="polite", python_callable=bool, mode="reschedule")
    long = PythonSensor(task_id="long", python_callable=bool)  # expect: sensor-holds-worker @here contains "7 days"
    short >> polite >> long
