"""Branches that return what is not theirs to choose, on some dates."""

# dags: branch_target
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator



def by_day(logical_date):
    if (logical_date.month, logical_date.day) == (2, 29):
        return "leep"
    return ["weekly", "report"] if logical_date.weekday() == 0 else "daily"


with DAG("branch_target", start_date=datetime(2024, 1, 1), schedule="@daily"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)  # expect: branch-target @here contains "leep" contains "on 2024-02-29" contains "write leap" # expect: branch-target @here contains "'report'" contains "return one of leap, weekly, daily"
    join = EmptyOperator(task_id="report", trigger_rule="none_failed_min_one_success")
    choose >> [EmptyOperator(task_id="leap"), EmptyOperator(task_id="weekly"), EmptyOperator(task_id="daily")] >> join
