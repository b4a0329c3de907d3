"""Branches, joins and cleanups with which nothing is wrong."""

# dags: branches_innocent, branches_by_hand, branches_hourly
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.latest_only import LatestOnlyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator, ShortCircuitOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.latest_only import LatestOnlyOperator
    from airflow.operators.python import BranchPythonOperator, ShortCircuitOperator

MET = "none_failed_min_one_success"


def by_day(logical_date):
    return ["group.weekly", "audit"] if logical_date.weekday() == 0 else "group.daily"


def by_variable(logical_date):
    from airflow.models import Variable

    return "big" if Variable.get("mode", default_var="small") == "big" else "small"


def on_the_first(data_interval_start):
    return data_interval_start.day == 1


def by_hand(params):
    return params.get("which", "a")


def by_table(logical_date):
    return {0: ["first_side"], 1: ["first_side", "second_side"]}.get(logical_date.weekday(), ["second_side"])


def or_the_end(logical_date):
    return "step" if logical_date.day == 1 else "end"


def by_hour(logical_date):
    return "noon" if logical_date.hour == 12 and logical_date.day == 3 else "else"


with DAG("branches_innocent", start_date=datetime(2024, 1, 1), schedule="@daily"):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_day)
    weekly, daily = EmptyOperator(task_id="group.weekly"), EmptyOperator(task_id="group.daily")
    join = EmptyOperator(task_id="join", trigger_rule=MET)
    choose >> [weekly, daily, EmptyOperator(task_id="audit")] >> join
    first = ShortCircuitOperator(task_id="first", python_callable=on_the_first)
    join >> first >> EmptyOperator(task_id="monthly") >> LatestOnlyOperator(task_id="latest") >> EmptyOperator(task_id="mail")
    mode = BranchPythonOperator(task_id="mode", python_callable=by_variable)
    join >> mode >> [EmptyOperator(task_id="big"), EmptyOperator(task_id="small")] >> EmptyOperator(task_id="cleanup", trigger_rule="all_done")

    table = BranchPythonOperator(task_id="table", python_callable=by_table)
    join >> table >> [EmptyOperator(task_id="first_side"), EmptyOperator(task_id="second_side")] >> EmptyOperator(task_id="third")
    optional, end = BranchPythonOperator(task_id="optional", python_callable=or_the_end), EmptyOperator(task_id="end", trigger_rule=MET)
    join >> optional >> EmptyOperator(task_id="step") >> end
    optional >> end

with DAG("branches_by_hand", start_date=datetime(2024, 1, 1), schedule=None):
    BranchPythonOperator(task_id="choose", python_callable=by_hand) >> [EmptyOperator(task_id="a"), EmptyOperator(task_id="b")]

with DAG("branches_hourly", start_date=datetime(2024, 1, 1), schedule="@hourly"):
    BranchPythonOperator(task_id="choose", python_callable=by_hour) >> [EmptyOperator(task_id="noon"), EmptyOperator(task_id="else")]
