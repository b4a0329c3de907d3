"""Reads a Variable that nobody declared, without a default."""

from airflow import DAG
from airflow.models import Variable

# the next line both reads it while parsing and fails
BUCKET = Variable.get("orders_bucket")  # expect: import-error @here contains "orders_bucket" # expect: parse-variable @here

with DAG("missing_variable", schedule="@daily"):
    pass
