"""Reads a Variable that nobody declared, without a default."""

from datetime import datetime

from airflow import DAG
from airflow.models import Variable

# the next line both reads it while parsing and fails
BUCKET = Variable.get("orders_bucket")  # expect: import-error @here contains "orders_bucket" # expect: parse-variable @here # maybe: deprecated-api @here

with DAG("missing_variable", start_date=datetime(2024, 1, 1), schedule="@daily"):
    pass
