"""Calls an asset by the name that it had in Airflow 2."""

# airflow: >=3
# dags?: renamed_dataset
from datetime import datetime

from airflow import DAG
from airflow.datasets import Dataset  # expect: import-error|deprecated-api @here contains "Asset"
from airflow.models import BaseOperator

with DAG("renamed_dataset", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="load", outlets=[Dataset("s3://lake/orders")])
