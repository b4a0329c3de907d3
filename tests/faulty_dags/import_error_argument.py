"""Gives an operator an argument that it does not take."""

from datetime import datetime

from airflow import DAG
from airflow.providers.common.sql.operators.sql import SQLCheckOperator

with DAG("import_error_argument", start_date=datetime(2024, 1, 1), schedule="@daily"):
    SQLCheckOperator(task_id="no_nulls", conn_id="warehouse", sql="SELECT count(*) FROM users WHERE email IS NULL", tolerance=0)  # expect: import-error @here contains "tolerance"
