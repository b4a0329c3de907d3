"""Branches that choose nothing, never choose a side, choose by the clock, or by what nobody knows yet."""

# dags: branch_choices
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator



def only_monthly(logical_date):
    if logical_date.day == 1:
        return "monthly"


def on_the_eighth_day(logical_date):
    return "weekly" if logical_date.isoweekday() == 8 else "daily"


def by_the_clock():
    return "monday" if datetime.now().weekday() == 0 else "any"


def by_count(ti):
    return "full" if ti.xcom_pull(task_ids="count") > 1000 else "light"


with DAG("branch_choices", start_date=datetime(2024, 1, 1), schedule="@daily"):
    nothing = BranchPythonOperator(task_id="nothing", python_callable=only_monthly)  # expect: branch-returns-nothing @here contains "2024-02-28"
    nothing >> EmptyOperator(task_id="monthly")
    never = BranchPythonOperator(task_id="never", python_callable=on_the_eighth_day)  # expect: branch-never-taken @here contains "'weekly'" contains "it chooses daily"
    never >> [EmptyOperator(task_id="weekly"), EmptyOperator(task_id="daily")]
    unstable = BranchPythonOperator(task_id="unstable", python_callable=by_the_clock)  # expect: branch-unstable @here contains "monday"
    unstable >> [EmptyOperator(task_id="monday"), EmptyOperator(task_id="any")]
    undecided = BranchPythonOperator(task_id="undecided", python_callable=by_count)  # expect: branch-undecided @here contains "outcomes={'count': Returns(...)}"
    EmptyOperator(task_id="count") >> undecided >> [EmptyOperator(task_id="full"), EmptyOperator(task_id="light")]
