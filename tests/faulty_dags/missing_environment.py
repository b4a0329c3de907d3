"""Needs an environment variable that only production has."""

import os

from airflow import DAG

BUCKET = os.environ["ORDERS_BUCKET"]  # expect: import-error @here contains "ORDERS_BUCKET" contains "[tool.dagcheck]"

with DAG("missing_environment", schedule="@daily"):
    pass
