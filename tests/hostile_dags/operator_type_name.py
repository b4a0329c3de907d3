"""An Airflow DAG file whose operator's class has an unspeakable name."""

# dags: operator_type_name

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

Weird = type("\x1b[2J\n", (BaseOperator,), {"__module__": "\x1b[2J"})
with DAG("operator_type_name", start_date=datetime(2024, 1, 1), schedule="@daily"):
    Weird(task_id="only")
