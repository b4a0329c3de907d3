"""The DagRun and TaskInstance objects that a task meets, of the installed version's own classes and without a DB.

Real classes, so that a wrong attribute fails as in production. 3.x: pydantic models, copied from a prototype because
making one validates or fills every field. 2.x: ORM objects that never saw a session, made as SQLAlchemy makes those
that it loads; `__init__` of TaskInstance would walk the whole DAG for its priority.
"""

from __future__ import annotations

import datetime
import functools
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dagcheck._airflow import versions
from dagcheck.rundate import RunDate
from dagcheck.running.attempt import RunView

# What a run without a bundle is said to come from; nothing of it is ever looked up.
_ID = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One call of one task instance: what its TaskInstance knows beside its run.

    `start` is the time of this call, `first_start` that of the try. `next_method` and `next_kwargs` are those of a
    deferred task that resumes, as the version keeps them: 2.x plain, 3.x serialised.
    """

    map_index: int = -1
    number: int = 1
    start: datetime.datetime
    first_start: datetime.datetime | None = None
    may_retry: bool = False
    reschedules: int = 0
    next_method: str | None = None
    next_kwargs: Mapping[str, Any] = field(default_factory=dict)
    upstream_map_indexes: Mapping[str, Any] = field(default_factory=dict)


def run_id_of(dag: Any, when: RunDate) -> str:
    """Return the id that the scheduler would give; timetables may have their own way (`generate_run_id`).

    The default is `<type>__<moment>`, of the logical date on 2.x, of `run_after` since 3.0 (timetables/base.py). The
    random end that 3.x adds where there is no logical date is left out.
    """
    from airflow.utils.types import DagRunType

    kind = DagRunType(run_type(when))
    generate = getattr(dag.timetable, "generate_run_id", None)
    if generate is None:  # 3.2+: built-in timetables of the SDK are descriptions only
        return f"{kind.value}__{when.run_after.isoformat()}"
    from airflow.timetables.base import DataInterval

    moment = when.logical_date or when.run_after
    start, end = when.data_interval or (moment, moment)
    interval = DataInterval(_pendulum(start), _pendulum(end))
    if versions.at_least(3, 0):
        return str(generate(run_type=kind, run_after=_pendulum(when.run_after), data_interval=interval))
    return str(generate(run_type=kind, logical_date=_pendulum(moment), data_interval=interval))


def run_type(when: RunDate) -> str:
    """Return the version's own word: runs for assets are `dataset_triggered` on 2.x."""
    if when.run_type == "asset_triggered" and not versions.at_least(3, 0):
        return "dataset_triggered"
    return when.run_type


class DagRuns:
    """Makes the DagRun and the TaskInstances of any number of runs of one DAG."""

    def __init__(self, dag: Any, conf: Mapping[str, Any] | None = None) -> None:
        self.dag = dag
        self.conf = dict(conf or {})
        self._make = _sdk_run if versions.at_least(3, 0) else _orm_run

    def at(self, when: RunDate, run_id: str | None = None, start: datetime.datetime | None = None) -> Any:
        """Return the DagRun of a date; `start` is the virtual time at which it began, `run_after` by default."""
        return self._make(self.dag, when, run_id or run_id_of(self.dag, when), start or when.run_after, self.conf)


def task_instance(dag_run: Any, task: Any, one: Try) -> Any:
    """Return the TaskInstance of a try; `task` is the DAG's operator, also a mapped one before it is unmapped."""
    make = _runtime_instance if versions.at_least(3, 0) else _orm_instance
    return make(dag_run, task, one)


def _sdk_run(dag: Any, when: RunDate, run_id: str, start: datetime.datetime, conf: dict[str, Any]) -> Any:
    """airflow/sdk/api/datamodels/_generated.py, DagRun; fields that a version does not have are left out by itself."""
    from airflow.sdk.api.datamodels._generated import DagRun, DagRunState, DagRunType

    interval = when.data_interval or (None, None)
    if when.logical_date is None:
        interval = (None, None)
    return _constructed(
        DagRun,
        dag_id=dag.dag_id, run_id=run_id, logical_date=when.logical_date, data_interval_start=interval[0],
        data_interval_end=interval[1], run_after=when.run_after, start_date=start, end_date=None, clear_number=0,
        run_type=DagRunType(when.run_type), state=DagRunState.RUNNING, conf=conf, consumed_asset_events=[],
        partition_key=None,
    )  # fmt: skip


def _runtime_instance(dag_run: Any, task: Any, one: Try) -> Any:
    from airflow.sdk.api.datamodels._generated import TIRunContext

    retries = task.retries or 0
    server = _constructed(
        TIRunContext,
        dag_run=dag_run, task_reschedule_count=one.reschedules, max_tries=retries, should_retry=one.may_retry,
        next_method=one.next_method, next_kwargs=dict(one.next_kwargs) or None, start_date=one.first_start or one.start,
        upstream_map_indexes=dict(one.upstream_map_indexes),
    )  # fmt: skip
    instance = _prototype().model_copy(
        update={
            "id": uuid.uuid4(), "task_id": task.task_id, "dag_id": dag_run.dag_id, "run_id": dag_run.run_id,
            "try_number": one.number, "map_index": one.map_index, "task": task, "max_tries": retries,
            "start_date": one.start, "queue": task.queue, "bundle_instance": _bundle(task.dag.fileloc),
        }
    )  # fmt: skip
    instance._ti_context_from_server = server  # noqa: SLF001 -- as `parse` of task_runner.py does
    if "log_url" in instance.__dict__:  # 3.0, where it is no property
        from airflow.sdk.execution_time.task_runner import get_log_url_from_ti

        instance.log_url = get_log_url_from_ti(instance)
    return instance


_constructed_before: dict[type, Any] = {}


def _constructed(cls: Any, **values: Any) -> Any:
    """As `cls.model_construct`, which works out aliases and defaults anew each time: later ones are copies."""
    if cls not in _constructed_before:
        _constructed_before[cls] = cls.model_construct(**values)
    known = _constructed_before[cls].__dict__  # what a version's class does not have is left out
    return _constructed_before[cls].model_copy(update={name: one for name, one in values.items() if name in known})


_prototypes: list[Any] = []


def _prototype() -> Any:
    """The first one is costly to make; copies are cheap."""
    if not _prototypes:
        from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

        made = RuntimeTaskInstance.model_construct(
            id=_ID, task_id="", dag_id="", run_id="", try_number=1, dag_version_id=_ID, task=None,
            bundle_instance=None, start_date=None, _ti_context_from_server=None, hostname="",
        )  # fmt: skip
        _prototypes.append(made)
    return _prototypes[0]


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Where the DAG's file is said to come from; operators that start a Python of their own look at `path`."""

    path: Path
    name: str = "dags-folder"
    version: str | None = None


@functools.lru_cache(maxsize=8)
def _bundle(fileloc: str) -> _Bundle:
    return _Bundle(Path(fileloc).parent)


def _orm_run(dag: Any, when: RunDate, run_id: str, start: datetime.datetime, conf: dict[str, Any]) -> Any:
    from airflow.models.dagrun import DagRun
    from airflow.utils.state import DagRunState

    moment = when.logical_date or when.run_after
    interval = when.data_interval or (moment, moment)
    return unsaved(
        DagRun, dag=dag, dag_id=dag.dag_id, run_id=run_id, execution_date=moment, data_interval_start=interval[0],
        data_interval_end=interval[1], queued_at=start, start_date=start, end_date=None, conf=conf, clear_number=0,
        run_type=run_type(when), external_trigger=when.run_type == "manual", _state=DagRunState.RUNNING,
        consumed_dataset_events=[], creating_job_id=None, dag_hash=None,
    )  # fmt: skip


def _orm_instance(dag_run: Any, task: Any, one: Try) -> Any:
    """`priority_weight` is the task's own: the sum over its downstream tasks matters to the scheduler alone."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.state import TaskInstanceState

    alone = {"get_previous_dagrun": _no_previous}
    return unsaved(
        TaskInstance, task=task, dag_run=dag_run, dag_id=dag_run.dag_id, task_id=task.task_id, run_id=dag_run.run_id,
        map_index=one.map_index, state=TaskInstanceState.RUNNING, max_tries=task.retries or 0,
        start_date=one.first_start or one.start, end_date=None, duration=None, hostname="", unixname="", job_id=None,
        pool=task.pool, pool_slots=task.pool_slots, queue=task.queue, priority_weight=task.priority_weight,
        operator=task.task_type, custom_operator_name=getattr(task, "custom_operator_name", None),
        executor_config=task.executor_config, executor=getattr(task, "executor", None), test_mode=False, raw=True,
        run_as_user=task.run_as_user, next_method=one.next_method, next_kwargs=dict(one.next_kwargs),
        trigger_id=None, trigger_timeout=None, rendered_map_index=None, note=None, task_reschedule_count=0,
        **_try_number(one.number), **alone,
    )  # fmt: skip


def _no_previous(state: Any = None, session: Any = None) -> None:
    """Every run is the first one of its DAG."""


def show_instances(dag_run: Any, dag: Any, view: RunView) -> None:
    """Let a DagRun of 2.x answer which task instances it has from the view of the run, not from the DB."""

    def instance(task_id: str, index: int) -> Any:
        one = Try(start=dag_run.start_date, map_index=index, number=view.try_number(task_id, index))
        made = task_instance(dag_run, dag.task_dict[task_id], one)
        made.__dict__["state"] = view.state(task_id, index)
        return made

    def get_task_instance(task_id: str, session: Any = None, *, map_index: int = -1) -> Any:
        del session
        found = task_id in dag.task_dict and map_index in view.map_indexes(task_id)
        return instance(task_id, map_index) if found else None

    def get_task_instances(state: Any = None, session: Any = None) -> list[Any]:
        del session
        states = None if state is None else [state] if isinstance(state, str) else list(state)
        found = (instance(task, index) for task in dag.task_dict for index in view.map_indexes(task))
        return [one for one in found if states is None or one.state in states]

    dag_run.__dict__.update(
        get_task_instance=get_task_instance,
        get_task_instances=get_task_instances,
        get_previous_dagrun=_no_previous,
        get_previous_scheduled_dagrun=_no_previous,
    )


def _try_number(number: int) -> dict[str, int]:
    """Before 2.10 `try_number` is a property: `_try_number` while running (2.9 models/taskinstance.py)."""
    return {"try_number": number} if versions.at_least(2, 10) else {"_try_number": number}


def unsaved(cls: Any, **values: Any) -> Any:
    """Return an ORM object as a session would load it, but of no session: what it lacks is None, never looked up."""
    from sqlalchemy.orm.instrumentation import manager_of_class

    manager = manager_of_class(cls)
    if not manager.mapper.configured:
        from sqlalchemy.orm import configure_mappers

        configure_mappers()
    made = manager.new_instance()
    made.__dict__.update(values)
    return made


def _pendulum(moment: datetime.datetime) -> Any:
    """The helper moved to the SDK, where 3.0 does not have it in public yet."""
    if versions.at_least(3, 1):
        from airflow.sdk.timezone import coerce_datetime

        return coerce_datetime(moment)  # type: ignore[no-any-return, unused-ignore]
    from airflow.utils import timezone

    return timezone.coerce_datetime(moment)
