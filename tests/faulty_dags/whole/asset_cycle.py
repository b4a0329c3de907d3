"""Two DAGs that start each other."""

# dags: asset_first, asset_second
from datetime import datetime

from airflow import DAG

from airflow.models import BaseOperator

try:
    from airflow.sdk import Asset
except ImportError:
    from airflow.datasets import Dataset as Asset

with DAG("asset_first", start_date=datetime(2024, 1, 1), schedule=[Asset("s3://lake/b")]):  # expect: asset-cycle @here contains "asset_first -> asset_second -> asset_first"
    BaseOperator(task_id="write", outlets=[Asset("s3://lake/a")])

with DAG("asset_second", start_date=datetime(2024, 1, 1), schedule=[Asset("s3://lake/a")]):
    BaseOperator(task_id="write", outlets=[Asset("s3://lake/b")])
