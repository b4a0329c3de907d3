"""Makes a DAG of the installed Airflow from a shape; the same one every time, for one run each."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from typing import Any

import pendulum
from names import (
    DAG,
    AirflowFailException,
    AirflowSkipException,
    BranchDayOfWeekOperator,
    BranchPythonOperator,
    PythonOperator,
    ShortCircuitOperator,
    TaskGroup,
    TriggerRule,
    fail_fast,
    task_group,
)  # fmt: skip
from shapes import Group, Shape, Task

_OPERATORS = {"branch": BranchPythonOperator, "short_circuit": ShortCircuitOperator}
_RULES = {str(rule.value) for rule in TriggerRule}


class Built:
    """The DAG of a shape; a trigger rule that this Airflow does not have becomes all_done.

    `dag` is for one run: its tasks count their tries.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._tasks = {task.id: task for task in shape.tasks}
        self._made: dict[str, Any] = {}
        self._tries: Counter[tuple[str, int]] = Counter()
        settings = fail_fast() if shape.fail_fast else {}
        with DAG(
            shape.name, schedule="@daily", start_date=pendulum.datetime(2024, 1, 1), catchup=False, **settings
        ) as self.dag:
            self._fill(None, None)
            for up, down in shape.edges:
                self._made[up] >> self._made[down]
            for task in shape.tasks:
                self._mark(task)

    def _fill(self, group: str | None, argument: Any) -> None:
        """Make everything directly in a group; what others are mapped over comes first, by its place in the shape."""
        for task in self._shape.tasks:
            for inner in self._shape.groups:
                if inner.parent == group and inner.id not in self._made and self._first(inner) == task.id:
                    self._group(inner, argument)
            if task.group == group:
                self._made[task.id] = self._task(task, argument)

    def _first(self, group: Group) -> str:
        inside = {group.id} | {one.id for one in self._shape.groups if one.parent == group.id}
        return next(task.id for task in self._shape.tasks if task.group in inside)

    def _group(self, group: Group, argument: Any) -> None:
        label = group.id.rsplit(".")[-1]
        if group.expands is None:
            with TaskGroup(label) as made:
                self._fill(group.id, argument)
            self._made[group.id] = made
            return

        def content(x: Any) -> None:
            self._fill(group.id, x)

        source, count = group.expands.source, group.expands.count
        over = self._made[source].output if source else [[index] for index in range(count)]
        self._made[group.id] = task_group(group_id=label)(content).expand(x=over)

    def _task(self, task: Task, argument: Any) -> Any:
        common: dict[str, Any] = {
            "task_id": task.id.rsplit(".")[-1],
            "trigger_rule": task.rule if task.rule in _RULES else "all_done",
            "retries": task.retries,
            "retry_delay": datetime.timedelta(minutes=3),
        }
        if task.kind == "branch_day":
            return BranchDayOfWeekOperator(
                week_day={"Thursday"}, use_task_logical_date=True, follow_task_ids_if_true=task.answer,
                follow_task_ids_if_false=task.otherwise, **common,
            )  # fmt: skip
        if task.kind == "short_circuit":
            common["ignore_downstream_trigger_rules"] = task.ignore_downstream
        operator = _OPERATORS.get(task.kind, PythonOperator)
        run = self.callable(task)
        if task.expands is None:
            return operator(python_callable=run, op_args=[] if argument is None else [argument], **common)
        source, count = task.expands.source, task.expands.count
        over = self._made[source].output if source else [[[index]] for index in range(count)]
        return operator.partial(python_callable=run, **common).expand(op_args=over)

    def callable(self, task: Task) -> Callable[..., Any]:
        """Return what the task calls, with its context as keywords."""

        def run(*_element: Any, **context: Any) -> Any:
            index = context["ti"].map_index
            self._tries[task.id, index] += 1
            behave(task.behaviour(index), self._tries[task.id, index])
            return task.answered(index)

        return run

    def _mark(self, task: Task) -> None:
        if task.setup:
            self._made[task.id].as_setup()
        if task.teardown_of:
            setups = [self._made[one] for one in task.teardown_of]
            self._made[task.id].as_teardown(setups=setups, on_failure_fail_dagrun=task.fails_run)


def behave(behaviour: str, tries: int) -> None:
    """Do what a task's behaviour is on its n-th try."""
    if behaviour == "skip":
        raise AirflowSkipException("as asked")
    if behaviour == "hopeless":
        raise AirflowFailException("as asked")
    if behaviour == "fail" or (behaviour == "flaky" and tries == 1):
        raise ValueError("as asked")
