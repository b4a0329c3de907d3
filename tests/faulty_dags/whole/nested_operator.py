"""Executes operators in callbacks and in a task's own function; one callback only makes one."""

# dags: nested_operator
import subprocess
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator


def alert(context):
    BashOperator(task_id="alert", bash_command="mail -s '{{ dag.dag_id }}' ops@example.org").execute(context=context)


def forgets(context):
    from airflow.operators.email import EmailOperator

    EmailOperator(task_id="mail", to="ops@example.org", subject="failed", html_content=str(context["run_id"]))


def load(**context):
    command = BashOperator(task_id="command", bash_command="true")
    command.execute(context)


def run(command):
    return subprocess.run(command, check=True)


def tells_itself(context):
    run(["logger", str(context["run_id"])])


with DAG(  # expect: nested-operator @here contains "on_failure_callback makes a BashOperator"
    "nested_operator",
    start_date=datetime(2024, 1, 1),
    schedule="@daily",
    catchup=False,
    on_failure_callback=alert,
    default_args={"on_failure_callback": alert, "on_success_callback": tells_itself},
):
    made = PythonOperator(task_id="load", python_callable=load)  # expect: nested-operator @here contains "executes it"
    made >> BashOperator(task_id="last", bash_command="true", on_retry_callback=forgets)  # expect: runtime-operator @here contains "on_retry_callback"
