"""An innocent Airflow DAG file: a chain of classic operators."""

# expect: nothing
# dags: good_chain
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("good_chain", start_date=datetime(2024, 1, 1), schedule="@daily") as dag:
    extract, transform, load = (BaseOperator(task_id=name) for name in ("extract", "transform", "load"))
    extract >> transform >> load
