"""Makes operators while a task runs."""

# dags: runtime_operator
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator


def make():
    for table in ("orders", "customers"):
        BashOperator(task_id=table, bash_command=f"load {table}")


def ask(operator):
    return isinstance(operator, BashOperator)


with DAG("runtime_operator", start_date=datetime(2024, 1, 1), schedule="@daily"):
    made = PythonOperator(task_id="make", python_callable=make)  # expect: runtime-operator @here contains "BashOperator at line"
    made >> PythonOperator(task_id="ask", python_callable=ask, op_args=[None])
