"""A task whose rule nothing upstream of it can meet, and a cleanup that a failure prevents."""

# dags: task_never_runs
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator



def by_day(logical_date):
    return "weekly" if logical_date.weekday() == 0 else "daily"


with DAG("task_never_runs", start_date=datetime(2024, 1, 1), schedule="@daily"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)
    weekly, daily = EmptyOperator(task_id="weekly"), EmptyOperator(task_id="daily")
    dead = EmptyOperator(task_id="dead", trigger_rule="all_skipped")  # expect: task-never-runs @here contains "all_skipped"
    choose >> [weekly, daily]
    [weekly, EmptyOperator(task_id="start")] >> dead
    alert = EmptyOperator(task_id="alert", trigger_rule="one_failed")
    [weekly, daily] >> alert
    cleanup = EmptyOperator(task_id="cleanup", trigger_rule="none_failed_min_one_success")  # expect: cleanup-not-guaranteed @here contains "all_done" contains "Fails()"
    [weekly, daily] >> cleanup
