"""Is scheduled on a URI that its producer spells otherwise."""

# dags: asset_reader, asset_writer
from datetime import datetime

from airflow import DAG

from airflow.models import BaseOperator

try:
    from airflow.sdk import Asset
except ImportError:
    from airflow.datasets import Dataset as Asset

with DAG("asset_writer", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="write", outlets=[Asset("s3://lake/orders")])

with DAG("asset_reader", start_date=datetime(2024, 1, 1), schedule=[Asset("s3://lake/oders")]):  # expect: asset-source @here contains "s3://lake/orders"
    BaseOperator(task_id="read")
