"""Has callbacks that can't be called with the context."""

# dags: callback_signature
import functools
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator


def alert(): ...


def right(context): ...


def with_channel(channel, context): ...


with DAG("callback_signature", start_date=datetime(2024, 1, 1), schedule="@daily", on_failure_callback=alert):  # expect: callback-signature @here contains "on_failure_callback"
    first = BashOperator(task_id="first", bash_command="true", on_success_callback=right)
    second = BashOperator(task_id="second", bash_command="true", on_retry_callback=with_channel)  # expect: callback-signature @here contains "on_retry_callback"
    third = BashOperator(task_id="third", bash_command="true", on_retry_callback=functools.partial(with_channel, "#etl"))
    first >> second >> third
