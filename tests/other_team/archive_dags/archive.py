"""Archives invoices once they are sent."""

from __future__ import annotations

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

try:
    from airflow.sdk import Asset
except ImportError:
    from airflow.datasets import Dataset as Asset

with DAG("archive", schedule=[Asset("s3://billing/sent")], start_date=datetime(2024, 1, 1), catchup=False):  # noqa: DTZ001
    BaseOperator(task_id="store")
