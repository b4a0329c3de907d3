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


def by_table(logical_date):
    return {0: "first"}.get(logical_date.weekday(), "second")


def or_the_end(logical_date):
    return "step" if logical_date.day == 1 else "end"


with DAG("join_always_skipped", start_date=datetime(2024, 1, 1), schedule="@daily"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)
    join = EmptyOperator(task_id="join")  # expect: join-always-skipped @here contains "choice of 'choose'" contains "none_failed_min_one_success"
    choose >> [EmptyOperator(task_id="weekly"), EmptyOperator(task_id="daily")] >> join >> EmptyOperator(task_id="mail")
    undecided = BranchPythonOperator(task_id="undecided", python_callable=by_count)  # expect: branch-undecided @here
    other = EmptyOperator(task_id="other")  # expect: join-always-skipped @here contains "Returns("
    computed = BranchPythonOperator(task_id="computed", python_callable=by_table)
    third = EmptyOperator(task_id="third")  # expect: join-always-skipped @here contains "choice of 'computed'"
    computed >> [EmptyOperator(task_id="first"), EmptyOperator(task_id="second")] >> third
    optional = BranchPythonOperator(task_id="optional", python_callable=or_the_end)
    end = EmptyOperator(task_id="end")  # expect: join-always-skipped @here contains "is skipped when 'optional' chooses it"
    optional >> EmptyOperator(task_id="step") >> end
    optional >> end
    EmptyOperator(task_id="start") >> undecided >> [EmptyOperator(task_id="full"), EmptyOperator(task_id="light")] >> other
