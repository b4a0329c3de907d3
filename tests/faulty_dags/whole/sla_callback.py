"""Hands a DAG's own callback to the tasks, which never call it."""

# dags: sla_callback
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:
    from airflow.operators.bash import BashOperator


def tell(*arguments): ...


DEFAULTS = {"retries": 2, "sla_miss_callback": tell}

with DAG("sla_callback", start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False, default_args=DEFAULTS):  # expect: unknown-default-arg @here contains "sla_miss_callback"
    BashOperator(task_id="load", bash_command="true")
