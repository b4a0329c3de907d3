"""An Airflow DAG file whose DAG has a description of fifty megabytes."""

# dags?: dag_huge_text

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("dag_huge_text", description="x" * 50_000_000, start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
# maybe: import-error
# maybe: import-crash
