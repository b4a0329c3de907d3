"""Reads a Variable with a default."""

# dags: parse_variable
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator, Variable

BUCKET = Variable.get("orders_bucket", default_var="orders")  # expect: parse-variable @here contains "orders_bucket" # maybe: deprecated-api @here

with DAG("parse_variable", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="load", doc=BUCKET)
