"""Sends SQL that does not parse in its database's dialect; and SQL of which that cannot be said."""

# dags: sql_syntax
from datetime import datetime
from functools import partial

from airflow import DAG
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

DAY = "{{ data_interval_start.subtract(days=params.back) | ds }}"


query = partial(SQLExecuteQueryOperator, conn_id="db")

with DAG("sql_syntax", start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False, params={"back": 1}):
    queries = [
        query(task_id="no_sign", sql=f"SELECT region FROM sales WHERE day '{DAY}'"),  # expect: sql-syntax @here contains "no SQL of postgres" contains "2024-01-30"
        query(task_id="second", sql=["SELECT 1", "DELETE sales WHERE WHERE"]),  # expect: sql-syntax @here contains "sql"
        query(task_id="open_quote", sql="SELECT 'a"),  # expect: sql-syntax @here
        query(task_id="good", sql=f"SELECT region::text FROM sales WHERE day = '{DAY}'"),
        query(task_id="bound", sql="SELECT 1 FROM sales WHERE day = %(day)s AND region IN %s", parameters={"day": DAY}),
        query(task_id="unknown_to_a_parser", sql="VACUUM (ANALYZE) sales; CALL close_day()"),
        query(task_id="a_variable", sql="SELECT FROM WHERE {{ var.value.region }}"),
        query(task_id="no_database", sql="SELECT FROM WHERE", conn_id="files"),
        query(task_id="unfinished", sql=""),
    ]
    for first, second in zip(queries, queries[1:]):
        first >> second
