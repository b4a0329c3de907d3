"""An innocent Airflow DAG file: a branch and its join."""

# expect: nothing
# dags: good_branch
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator


def by_day(logical_date):
    return "full" if logical_date.day < 8 else "delta"


with DAG("good_branch", start_date=datetime(2024, 1, 1), schedule="@weekly"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)
    sides = [EmptyOperator(task_id="full"), EmptyOperator(task_id="delta")]
    choose >> sides >> EmptyOperator(task_id="join", trigger_rule="none_failed_min_one_success")
