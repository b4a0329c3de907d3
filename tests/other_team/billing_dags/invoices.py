"""Invoices: one task per currency in a group, checked before they are sent."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from airflow import DAG
from airflow.models import BaseOperator, Variable
from billing.operators import InvoiceOperator

try:
    from airflow.sdk import Asset, TaskGroup
except ImportError:
    from airflow.datasets import Dataset as Asset
    from airflow.utils.task_group import TaskGroup

with DAG(
    "invoices",
    schedule="0 6 * * 1-5",
    start_date=datetime(2024, 1, 1),  # noqa: DTZ001 - in the zone of the installation
    catchup=False,
    default_args={"owner": "billing", "retries": 2, "retry_delay": timedelta(minutes=5)},
    tags=["billing"],
):
    collect = BaseOperator(task_id="collect")
    with TaskGroup("write") as write:
        for currency in Variable.get("currencies", deserialize_json=True):
            InvoiceOperator(task_id=currency, currency=currency, bucket=os.environ["BILLING_BUCKET"], pool="invoices")
    check = BaseOperator(task_id="check", trigger_rule="none_failed")
    send = BaseOperator(task_id="send", retries=0, outlets=[Asset("s3://billing/sent")])
    collect >> write >> check >> send
