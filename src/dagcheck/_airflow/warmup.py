"""Load, before the first fork, what nearly every DAG file needs, so that no worker pays for it again.

Airflow loads much of itself late: operators on attribute access, decorators through the list of providers, the mapped
operator on `expand`. So a DAG of every kind of task is made, described and thrown away. No module that is deprecated
is imported here: a file that imports it must still be warned.
"""

# ruff: noqa: F401 -- imported to be imported
from __future__ import annotations

import contextlib
import datetime
import importlib
import re
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dagcheck._airflow import deprecations, versions
from dagcheck._airflow.creation import CreationLog
from dagcheck._airflow.loading import Loaded
from dagcheck._airflow.refusing import refusals
from dagcheck._airflow.specs import dag_spec

_DECIDING = (b"ranch", b"hort_circuit", b"hortCircuit", b"LatestOnly", b"SkipMixin", b"skip_if", b"run_if")
_ASSET = re.compile(rb"\b(?:Asset|Dataset|Model)\(|@asset\b")


def warm_up() -> None:
    """Import, make and describe; leaves no DAG registered, starts no thread, touches no DB."""
    quietly(*(_SDK if versions.at_least(3, 0) else _CORE), _exception_groups, _describe)


def quietly(*steps: Callable[[], object]) -> None:
    """Do what imports more of Airflow; what it lacks is left out."""
    before = set(sys.modules)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for step in steps:
            with contextlib.suppress(ImportError):  # providers come and go
                step()
    # what Airflow and its providers imported of their own deprecated modules, files must still be warned about
    deprecations.forget_shims(set(sys.modules) - before)


def _describe() -> None:
    dag = sample_dag()
    log = CreationLog(lambda _frame: None)
    refusals(Loaded((dag,), ()), log)
    dag_spec(dag, log, str)


def warm_up_for(files: Iterable[Path]) -> None:
    """Load what these DAG files will need besides, and not every folder does; they are read, not executed.

    That is what speaks to other DAGs (on 3.x it imports the models of the metadata DB), the standard provider on 2.x,
    and, for assets with a URI, the URI handlers of every installed provider: the first such asset imports them all,
    which takes a second with the large providers and would be told as the cost of one file.
    """
    missing = {**_FOR_SDK} if versions.at_least(3, 0) else {**_FOR_CORE}
    wanted: list[Callable[[], None]] = []
    for file in files:
        source = _read(file)
        for step in [step for step, is_for in missing.items() if is_for(source)]:
            wanted.append(step)
            del missing[step]
        if not missing:
            break
    quietly(*wanted)


def speak_of_branches(files: Iterable[Path]) -> bool:
    """Tell whether one of these DAG files mentions what decides in a run."""
    return any(any(word in source for word in _DECIDING) for source in map(_read, files))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _has_asset_uri(source: bytes) -> bool:
    return b"://" in source and _ASSET.search(source) is not None


def _speaks_of_other_dags(source: bytes) -> bool:
    return any(word in source for word in (b"TriggerDagRun", b"trigger_dagrun", b"ExternalTask", b"external_task"))


def _speaks_of_the_standard_provider(source: bytes) -> bool:
    return b"providers.standard" in source


def _sdk_asset() -> None:
    from airflow.sdk import Asset

    Asset("s3://dagcheck/warm-up")


def _core_dataset() -> None:
    from airflow.datasets import Dataset

    Dataset("s3://dagcheck/warm-up")


def _core_other_dags() -> None:
    import airflow.operators.trigger_dagrun
    import airflow.sensors.external_task


def _standard_other_dags() -> None:
    import airflow.providers.standard.operators.trigger_dagrun
    import airflow.providers.standard.sensors.external_task


def _exception_groups() -> None:
    """On Python 3.10 the backport replaces `sys.excepthook`, and the file that imports it first is not to blame."""
    if sys.version_info < (3, 11):
        importlib.import_module("exceptiongroup")


def _core_operators() -> None:
    import airflow.operators.bash
    import airflow.operators.branch
    import airflow.operators.datetime
    import airflow.operators.empty
    import airflow.operators.latest_only
    import airflow.operators.python
    import airflow.operators.weekday


def _core_sensors() -> None:
    import airflow.sensors.base
    import airflow.sensors.date_time
    import airflow.sensors.filesystem
    import airflow.sensors.python
    import airflow.sensors.time_delta


def _core_definitions() -> None:
    import airflow.datasets
    import airflow.decorators
    import airflow.hooks.base
    import airflow.models.baseoperator
    import airflow.models.connection
    import airflow.models.dag
    import airflow.models.param
    import airflow.models.variable
    import airflow.timetables.events
    import airflow.timetables.interval
    import airflow.timetables.trigger
    import airflow.utils.dates
    import airflow.utils.edgemodifier
    import airflow.utils.task_group
    import airflow.utils.trigger_rule


def _standard_operators() -> None:
    import airflow.providers.standard.operators.bash
    import airflow.providers.standard.operators.branch
    import airflow.providers.standard.operators.datetime
    import airflow.providers.standard.operators.empty
    import airflow.providers.standard.operators.latest_only
    import airflow.providers.standard.operators.python
    import airflow.providers.standard.operators.weekday


def _standard_sensors() -> None:
    import airflow.providers.standard.sensors.date_time
    import airflow.providers.standard.sensors.filesystem
    import airflow.providers.standard.sensors.python
    import airflow.providers.standard.sensors.time_delta


def _sdk_definitions() -> None:
    import airflow.models.connection
    import airflow.models.variable
    import airflow.sdk
    import airflow.sdk.execution_time.supervisor
    import airflow.timetables.events
    import airflow.timetables.interval
    import airflow.timetables.trigger

    for name in airflow.sdk.__all__:  # each of them is loaded late
        with contextlib.suppress(ImportError, AttributeError):
            getattr(airflow.sdk, name)


def _common_compat() -> None:
    import airflow.providers.common.compat.sdk


def _asset_schedules() -> None:
    import airflow.timetables.datasets  # 2.9+


_CORE = (_core_operators, _core_sensors, _core_definitions, _asset_schedules)
_SDK = (_sdk_definitions, _standard_operators, _standard_sensors, _common_compat)
_FOR_CORE = {
    _core_dataset: _has_asset_uri,
    _core_other_dags: _speaks_of_other_dags,
    _standard_operators: _speaks_of_the_standard_provider,
    _standard_sensors: _speaks_of_the_standard_provider,
    _standard_other_dags: lambda source: _speaks_of_the_standard_provider(source) and _speaks_of_other_dags(source),
}
_FOR_SDK = {_sdk_asset: _has_asset_uri, _standard_other_dags: _speaks_of_other_dags}


def sample_dag() -> Any:
    """Return a DAG that has a bit of everything."""
    import pendulum
    from airflow import DAG
    from airflow.models import Param

    start = pendulum.datetime(2024, 1, 1, tz="Europe/Berlin")
    params = {"x": Param("x", type="string")}
    with DAG(
        "dagcheck_warm_up", schedule="@daily", start_date=start, catchup=False, doc_md="x", tags=["x"], params=params
    ) as dag:
        _taskflow() >> _classic()
    return dag


def _taskflow() -> Any:
    if versions.at_least(3, 0):
        from airflow.sdk import task, task_group
    else:
        from airflow.decorators import task, task_group

    @task
    def numbers() -> list[int]:
        return [1]

    @task
    def double(number: int) -> int:
        return 2 * number

    @task.branch
    def choose() -> str:
        return "group.classic"

    @task_group
    def group() -> None:
        double.override(task_id="again").expand(number=numbers())

    chosen = choose()
    double.expand(number=numbers()) >> chosen
    group()
    return chosen


def _classic() -> Any:
    if versions.at_least(3, 0):
        from airflow.providers.standard.operators.bash import BashOperator
        from airflow.providers.standard.operators.empty import EmptyOperator
        from airflow.providers.standard.operators.python import PythonOperator
        from airflow.providers.standard.sensors.filesystem import FileSensor
        from airflow.sdk import TaskGroup
    else:
        from airflow.operators.bash import BashOperator
        from airflow.operators.empty import EmptyOperator
        from airflow.operators.python import PythonOperator
        from airflow.sensors.filesystem import FileSensor
        from airflow.utils.task_group import TaskGroup

    with TaskGroup("classic_group"):
        first = EmptyOperator(task_id="first", retries=1, retry_delay=datetime.timedelta(minutes=1))
        mapped = BashOperator.partial(task_id="mapped").expand(bash_command=["true", "false"])
        wait = FileSensor(task_id="wait", filepath="x")
        first >> [mapped, wait] >> PythonOperator(task_id="last", python_callable=print)
    return first
