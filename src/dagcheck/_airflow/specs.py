"""A live DAG as a DagSpec, with the same content on every Airflow version that means the same."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from dagcheck._airflow.attributes import attempt, flag, number, plain_text, read, seconds, text, texts
from dagcheck._airflow.classes import airflow_bases, mapped_operator
from dagcheck._airflow.creation import CreationLog
from dagcheck._airflow.references import triggers, waits_for
from dagcheck._airflow.schedules import (
    asset_condition,
    asset_names,
    condition_assets,
    schedule_text,
    schedule_timezone,
    watched_assets,
)
from dagcheck._airflow.xcom_arguments import xcom_sources
from dagcheck.spec import DagSpec, TaskSpec

Relative = Callable[[str], str]
_BRANCHES = (
    "BranchMixIn",
    "BaseBranchOperator",
    "BranchSQLOperator",  # of the common.sql provider, a branch by its own means
    "BranchPythonOperator",  # as also on 2.7 (operators/python.py), where there is no BranchMixIn
    "BranchExternalPythonOperator",
)
_DOCS = ("doc_md", "doc", "doc_rst", "doc_json", "doc_yaml")


def dag_spec(dag: Any, log: CreationLog, relative: Relative) -> DagSpec:
    """Return the DAG as plain data; `relative` turns a file name as `log` knows it into one for reports.

    Nothing raises, and no method of the user's is called; properties are read, and what cannot be had is left at its
    default. `line` is a line of the DAG file
    itself (`file`), also when a helper module made the DAG; a task's place is the innermost one, wherever it is.
    """
    timetable = read(dag, "timetable")
    condition = asset_condition(dag)
    fileloc = text(dag, "fileloc") or ""
    tasks = read(dag, "task_dict")
    return DagSpec(
        dag_id=text(dag, "dag_id") or "",
        file=relative(fileloc),
        line=log.line_in(dag, fileloc),
        schedule=attempt(lambda: schedule_text(timetable, condition), None),
        assets=attempt(lambda: tuple(dict.fromkeys(condition_assets(condition))), ()),
        watched=attempt(lambda: tuple(dict.fromkeys(watched_assets(condition))), ()),
        timezone=attempt(lambda: schedule_timezone(timetable, dag), "UTC"),
        start_date=_date(dag, "start_date"),
        end_date=_date(dag, "end_date"),
        catchup=flag(dag, "catchup"),
        max_active_runs=number(dag, "max_active_runs", 0) or None,
        max_active_tasks=number(dag, "max_active_tasks", 0) or None,
        description=text(dag, "description"),
        documented=bool(text(dag, "doc_md")),
        tags=tuple(sorted(texts(read(dag, "tags")))),
        params=attempt(lambda: tuple(key for key in dag.params if isinstance(key, str)), ()),
        groups=attempt(lambda: tuple(group_id for group_id, _ in _groups(dag.task_group)), ()),
        group_parents=attempt(lambda: tuple((inner, outer) for inner, outer in _groups(dag.task_group) if outer), ()),
        tasks=tuple(_task_specs(tasks, log, relative)) if isinstance(tasks, dict) else (),
    )


def _task_specs(tasks: dict[Any, Any], log: CreationLog, relative: Relative) -> Iterator[TaskSpec]:
    for key, task in tasks.items():
        task_id = plain_text(key)
        if task_id is not None:
            least = TaskSpec(task_id=task_id, operator=type(task).__name__)
            yield attempt(partial(_task_spec, task_id, task, log, relative), least)


def _task_spec(task_id: str, task: Any, log: CreationLog, relative: Relative) -> TaskSpec:
    mapped = mapped_operator() in type(task).__mro__
    operator = task.operator_class if mapped else type(task)
    bases = airflow_bases(operator)
    group = read(task, "task_group")
    place = log.location_of(task)
    return TaskSpec(
        task_id=task_id,
        operator=text(operator, "custom_operator_name") or operator.__name__,
        file=relative(place[0]) if place else None,
        line=place[1] if place else None,
        upstream=_ids(task, "upstream_task_ids"),
        downstream=_ids(task, "downstream_task_ids"),
        takes_from=attempt(partial(xcom_sources, task), ()),
        trigger_rule=text(task, "trigger_rule") or "all_success",
        group=text(group, "group_id"),
        mapped=mapped or _in_mapped_group(group),
        branch=not bases.isdisjoint(_BRANCHES),
        setup=flag(task, "is_setup"),
        teardown=flag(task, "is_teardown"),
        on_failure_fail_dagrun=flag(task, "on_failure_fail_dagrun"),
        owner=text(task, "owner") or "airflow",
        retries=number(task, "retries", 0),
        retry_delay=_or(seconds(task, "retry_delay"), 300.0),
        execution_timeout=seconds(task, "execution_timeout"),
        depends_on_past=flag(task, "depends_on_past"),
        poke_timeout=_poke_timeout(task, bases),
        pool=text(task, "pool") or "default_pool",
        pool_slots=number(task, "pool_slots", 1),
        queue=_queue(task),
        priority_weight=number(task, "priority_weight", 1),
        inlets=tuple(asset_names(read(task, "inlets"))),
        outlets=tuple(asset_names(read(task, "outlets"))),
        waits_for=waits_for(task, bases),
        triggers=triggers(task, bases),
        documented=any(text(task, doc) for doc in _DOCS),
    )


def _poke_timeout(task: Any, bases: frozenset[str]) -> float | None:
    if "BaseSensorOperator" not in bases or text(task, "mode") != "poke" or _defers(task):
        return None
    timeout = read(task, "timeout")
    return float(timeout) if type(timeout) in (int, float) else seconds(task, "timeout")


def _defers(task: Any) -> bool:
    """Tell whether a sensor waits in the triggerer: as its `deferrable` says, or always, as the Async ones do."""
    deferrable = read(task, "deferrable")
    if deferrable is not None:
        return bool(deferrable)
    execute = read(type(task), "execute")
    code = read(read(execute, "__wrapped__", execute), "__code__")  # 2.10+ wraps it (ExecutorSafeguard)
    return "defer" in (read(code, "co_names") or ())


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _ids(task: Any, name: str) -> tuple[str, ...]:
    """Edges are sets in Airflow; sorted, the same DAG gives the same spec."""
    return tuple(sorted(texts(read(task, name))))


def _queue(task: Any) -> str | None:
    """`operators.default_queue` is `default` on every version; a task in it asked for nothing."""
    queue = text(task, "queue")
    return None if queue == "default" else queue


def _in_mapped_group(group: Any) -> bool:
    while group is not None:
        if read(group, "_expand_input") is not None:  # MappedTaskGroup, behind a weak reference
            return True
        group = read(group, "parent_group")
    return False


def _groups(group: Any) -> Iterator[tuple[str, str]]:
    """Yield the id of each task group and of the one around it ("" for none), outer before inner."""
    children = read(group, "children")
    for child in children.values() if isinstance(children, dict) else ():
        if isinstance(read(child, "children"), dict):
            yield text(child, "group_id") or "", text(group, "group_id") or ""
            yield from _groups(child)


def _date(dag: Any, name: str) -> str | None:
    """Return a date in the DAG's own zone: Airflow converts to UTC, the author wrote it in his.

    2.x leaves a start date of `default_args` to the tasks, 3.x makes it the DAG's too.
    """
    defaults = read(dag, "default_args")
    date = read(dag, name) or (defaults.get(name) if type(defaults) is dict else None)
    if not isinstance(date, datetime.datetime):
        return None
    zone = read(dag, "timezone")
    written = attempt(lambda: date.astimezone(zone), date)  # fails at the edges of the calendar
    return attempt(written.isoformat, None)
