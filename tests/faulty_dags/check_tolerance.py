"""Gives a check an argument that it does not have, as examples on the web do."""

from datetime import datetime

from airflow import DAG
from airflow.providers.common.sql.operators.sql import SQLCheckOperator

with DAG("check_tolerance", start_date=datetime(2024, 1, 1), schedule="@daily"):
    SQLCheckOperator(  # expect: import-error @near contains "tolerance"
        task_id="check_no_nulls", sql="SELECT count(*) FROM users WHERE email IS NULL", conn_id="warehouse", tolerance=0
    )
