"""One try of a task on 2.x: TaskInstance's own `_execute_task_with_callbacks`, and what surrounds it without a DB.

How a try ends follows `_run_raw_task` and `handle_failure` of models/taskinstance.py (2.11; the same since 2.7 but for
on_skipped_callback, which 2.9 brought).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from dagcheck._airflow import triggered_runs
from dagcheck._airflow.asset_events import of_datasets
from dagcheck._airflow.patching import replaced
from dagcheck._airflow.sessions import NoSession
from dagcheck._airflow.task_errors import users_part
from dagcheck._airflow.tries import Desk, Record

_RENDERED_LATE = "_update_runtime_evaluated_template_fields"  # for @task.bash, which brought it


def run_try(instance: Any, context: Any, record: Record, *, may_retry: bool) -> None:
    """Execute one try within `seams` and fire its callbacks; the record says how it ended."""
    instance.task = instance.task.prepare_for_execution()
    context["task"] = instance.task
    try:
        _execute(instance, context)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 -- as `_run_raw_task`: SystemExit fails a task too
        _end_with(error, instance, record)
    else:
        record.state = "success"
        record.effects += of_datasets(record.instance, instance.task, context)
    if getattr(instance.task, "template_fields", None) and not hasattr(instance.task, "partial_kwargs"):
        record.note_rendered(instance.task)
    _call_back(instance, context, record, may_retry=may_retry)


def _execute(instance: Any, context: Any) -> None:
    from airflow.utils.task_instance_session import set_current_task_instance_session

    session = NoSession()
    with set_current_task_instance_session(session=session):
        instance._execute_task_with_callbacks(context, test_mode=True, session=session)  # noqa: SLF001


def _end_with(error: BaseException, instance: Any, record: Record) -> None:
    from airflow.exceptions import (
        AirflowException,
        AirflowFailException,
        AirflowRescheduleException,
        AirflowSensorTimeout,
        AirflowSkipException,
        TaskDeferred,
    )

    if isinstance(error, TaskDeferred):
        record.state, record.deferred = "deferred", error
    elif isinstance(error, AirflowSkipException):
        record.state = "skipped"
    elif isinstance(error, AirflowRescheduleException):
        record.state, record.reschedule_at = "up_for_reschedule", error.reschedule_date
    else:
        record.retryable = not isinstance(error, (AirflowFailException, AirflowSensorTimeout))
        if isinstance(error, SystemExit):
            error = AirflowException(f"Task failed due to SystemExit({error.code})")
        record.state, record.error = "failed", error
        instance.log.error("Task failed with exception", exc_info=(type(error), error, users_part(error)))


def _call_back(instance: Any, context: Any, record: Record, *, may_retry: bool) -> None:
    """Fire the task's callbacks; `_run_raw_task` calls on_success_callback for skipped tasks too."""
    from airflow.utils.state import TaskInstanceState

    task = instance.task
    if record.state == "failed":
        context["exception"] = record.error
        retried = may_retry and record.retryable
        instance.state = TaskInstanceState.UP_FOR_RETRY if retried else TaskInstanceState.FAILED
        kind = "on_retry_callback" if retried else "on_failure_callback"
        record.call(kind, getattr(task, kind), context)
    elif record.state in {"success", "skipped"}:
        instance.state = TaskInstanceState(record.state)
        if record.state == "skipped":
            record.call("on_skipped_callback", getattr(task, "on_skipped_callback", None), context)
        record.call("on_success_callback", task.on_success_callback, context)


def _render_again(instance: Any) -> None:
    """Render what a task made while it ran; the row in the DB that would tell of it is not there."""
    instance.render_templates()


@contextmanager
def seams(desk: Desk) -> Iterator[None]:
    """Note what goes to the DB otherwise: skips of other tasks; and on_execute_callback, as all other callbacks."""
    from airflow.models.renderedtifields import RenderedTaskInstanceFields
    from airflow.models.skipmixin import SkipMixin
    from airflow.models.taskinstance import TaskInstance

    def note_skips(_dag_run: Any, tasks: Any, session: Any = None) -> None:
        del session
        desk.record.skipped += tasks

    def on_execute(self: Any, context: Any, task: Any) -> None:
        del self
        desk.record.call("on_execute_callback", task.on_execute_callback, context)

    with ExitStack() as stack:
        stack.enter_context(replaced(SkipMixin, _set_state_to_skipped=staticmethod(note_skips)))
        stack.enter_context(replaced(TaskInstance, _run_execute_callback=on_execute))
        stack.enter_context(triggered_runs.seams(desk))
        if hasattr(RenderedTaskInstanceFields, _RENDERED_LATE):
            stack.enter_context(replaced(RenderedTaskInstanceFields, **{_RENDERED_LATE: staticmethod(_render_again)}))
        yield
