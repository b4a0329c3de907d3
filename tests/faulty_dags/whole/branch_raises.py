"""A branch that fails at the end of some months."""

# dags: branch_raises
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator



def at_the_end(logical_date):
    return "last" if logical_date == logical_date.replace(day=31) else "other"  # expect: branch-raises @here contains "ValueError" contains "simulate("


with DAG("branch_raises", start_date=datetime(2024, 1, 1), schedule="@daily"):
    choose = BranchPythonOperator(task_id="choose", python_callable=at_the_end)
    choose >> [EmptyOperator(task_id="last"), EmptyOperator(task_id="other")]
