"""Waits for rows of a date that nobody fills in: the sensor does not name its SQL as a template field."""

# dags: sensor_sql_ignored
from datetime import datetime

from airflow import DAG

try:
    from airflow.sdk.bases.sensor import BaseSensorOperator
except ImportError:
    from airflow.sensors.base import BaseSensorOperator


class RecordSensor(BaseSensorOperator):
    def __init__(self, sql, **kwargs):
        super().__init__(**kwargs)
        self.sql = sql

    def poke(self, context):
        return bool(self.sql)


with DAG("sensor_sql_ignored", start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False):
    RecordSensor(  # expect: template-ignored @here contains "sql"
        task_id="wait",
        sql="SELECT count(*) FROM orders WHERE day = '{{ ds }}'",
        mode="reschedule",
    )
