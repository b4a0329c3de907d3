"""A module that good_helper needs; what it makes is good_helper's."""

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

TABLES = ("orders", "customers")


def make(name):
    with DAG(f"good_helper_{name}", start_date=datetime(2024, 1, 1), schedule="@daily") as made:
        BaseOperator(task_id="load")
    return made
