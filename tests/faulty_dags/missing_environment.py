"""Needs an environment variable that only production has."""

import os
from datetime import datetime

from airflow import DAG

BUCKET = os.environ["ORDERS_BUCKET"]  # expect: import-error @here contains "ORDERS_BUCKET" contains "[tool.dagcheck]"

with DAG("missing_environment", start_date=datetime(2024, 1, 1), schedule="@daily"):
    pass
