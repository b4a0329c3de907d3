"""Joins that a branch skips whatever it chooses, also one that cannot be decided here."""

# dags: join_always_skipped
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


def by_count(ti):
    return "full" if ti.xcom_pull(task_ids="start") else "light"


with DAG("join_always_skipped", start_date=datetime(2024, 1, 1), schedule="@daily"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)
    join = EmptyOperator(task_id="join")  # expect: join-always-skipped @here contains "choice of 'choose'" contains "none_failed_min_one_success"
    choose >> [EmptyOperator(task_id="weekly"), EmptyOperator(task_id="daily")] >> join >> EmptyOperator(task_id="mail")
    undecided = BranchPythonOperator(task_id="undecided", python_callable=by_count)  # expect: branch-undecided @here
    other = EmptyOperator(task_id="other")  # expect: join-always-skipped @here contains "Returns("
    EmptyOperator(task_id="start") >> undecided >> [EmptyOperator(task_id="full"), EmptyOperator(task_id="light")] >> other
