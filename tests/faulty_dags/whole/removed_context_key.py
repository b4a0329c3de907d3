"""Reads keys of the context that Airflow 3 has no longer."""

# airflow: >=3
# dags: removed_context_key
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator


def by_name(execution_date): ...


def by_key(**context):
    return context["tomorrow_ds"]


def on_purpose(**context):
    return context.get("execution_date", context["logical_date"])


def alert(context):
    return f"failed at {context['execution_date']}"


with DAG("removed_context_key", start_date=datetime(2024, 1, 1), schedule="@daily", on_failure_callback=alert):  # expect: removed-context-key @here contains "on_failure_callback"
    first = PythonOperator(task_id="by_name", python_callable=by_name)  # expect: removed-context-key @here contains "use logical_date"
    second = PythonOperator(task_id="by_key", python_callable=by_key)  # expect: removed-context-key @here contains "macros.ds_add(ds, 1)"
    third = BashOperator(task_id="template", bash_command="echo {{ next_ds }}")  # expect: removed-context-key @here contains "data_interval_end | ds"
    fourth = PythonOperator(task_id="on_purpose", python_callable=on_purpose)
    first >> second >> third >> fourth
