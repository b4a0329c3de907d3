"""One DAG of everything that means the same on Airflow 2 and 3."""

# ruff: noqa: AIR311 -- the homes of both
# mypy: disable-error-code="untyped-decorator,import-not-found,no-redef"

from __future__ import annotations

import datetime

import pendulum
from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
    from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
except ImportError:  # 2.7 to 2.10
    from airflow.operators.bash import BashOperator
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator, PythonOperator
    from airflow.operators.trigger_dagrun import TriggerDagRunOperator
    from airflow.sensors.external_task import ExternalTaskSensor

try:
    from airflow.sdk import Asset, Param, TaskGroup, setup, task, task_group, teardown
except ImportError:
    from airflow.datasets import Dataset as Asset
    from airflow.decorators import setup, task, task_group, teardown
    from airflow.models import Param
    from airflow.utils.task_group import TaskGroup


with DAG(
    "orders_daily",
    description="Orders of a day",
    doc_md="# Orders",
    schedule="@daily",
    start_date=pendulum.datetime(2024, 1, 1, tz="Europe/Berlin"),
    end_date=pendulum.datetime(2030, 1, 1, tz="Europe/Berlin"),
    catchup=True,
    max_active_runs=3,
    max_active_tasks=4,
    tags=["sales", "daily"],
    params={"country": Param("de", type="string"), "limit": 10},
    default_args={"retries": 2, "retry_delay": datetime.timedelta(minutes=1), "owner": "sales"},
):
    wait = ExternalTaskSensor(
        task_id="wait", external_dag_id="shop", external_task_ids=["load", "check"], mode="reschedule"
    )
    choose = BranchPythonOperator(task_id="choose", python_callable=lambda: "report.plain")

    with TaskGroup("report"):
        plain = EmptyOperator(task_id="plain", pool="reports", pool_slots=2, queue="big", priority_weight=5)
        with TaskGroup("inner"):
            deep = PythonOperator(
                task_id="deep", python_callable=print, execution_timeout=datetime.timedelta(hours=1), retries=0
            )

    @task(trigger_rule="none_failed_min_one_success", outlets=[Asset("s3://sales/orders")])
    def numbers() -> list[int]:
        """Explain the numbers."""
        return [1, 2]

    @task.branch
    def pick() -> str:
        return "tell"

    @task(pool="mapped_pool", retries=7)
    def double(number: int) -> int:
        return 2 * number

    @task_group
    def each(number: int) -> None:
        double.override(task_id="inside")(number)

    @setup
    def start() -> None: ...

    @teardown
    def stop() -> None: ...

    made = numbers()
    doubled = double.expand(number=made)
    each.expand(number=made)
    bash = BashOperator.partial(task_id="bash", retries=9, depends_on_past=True).expand(bash_command=["a", "b"])
    tell = TriggerDagRunOperator(task_id="tell", trigger_dag_id="mail", inlets=[Asset("s3://sales/orders")])
    wait >> choose >> [plain, deep] >> made
    doubled >> pick() >> tell
    start() >> bash >> stop()
