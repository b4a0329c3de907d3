"""Gives callables what they do not take, and not what they need."""

# dags: arguments_mismatch
from datetime import datetime

from airflow import DAG

try:
    from airflow.sdk import task
except ImportError:
    from airflow.decorators import task
try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator


class SessionOperator(PythonOperator):
    """Gives a session besides, as Snowpark's operator does."""

    def execute_callable(self):
        return self.python_callable(*self.op_args, **{**self.op_kwargs, "session": object()})


class TableOperator(PythonOperator):
    def execute(self, context):
        self.op_kwargs = {"table": "orders"}
        return super().execute(context)


def load(table, batch_size=100): ...


def fits(table, ds, *, batch_size, **context): ...


with DAG("arguments_mismatch", start_date=datetime(2024, 1, 1), schedule="@daily"):
    right = PythonOperator(task_id="right", python_callable=fits, op_args=["orders"], op_kwargs={"batch_size": 5, "more": 1})
    dropped = PythonOperator(task_id="dropped", python_callable=load, op_kwargs={"table": "orders", "batchsize": 500})  # expect: arguments-mismatch @here contains "batchsize"
    missing = PythonOperator(task_id="missing", python_callable=load)  # expect: arguments-mismatch @here contains "table"
    reserved = task(lambda table, run_id: None, task_id="reserved")("orders", "orders_1")  # expect: arguments-mismatch @here contains "run_id is given by position"
    injected = SessionOperator(task_id="injected", python_callable=lambda session: session)
    given_late = TableOperator(task_id="given_late", python_callable=load)
    right >> injected >> given_late >> dropped >> missing >> reserved
