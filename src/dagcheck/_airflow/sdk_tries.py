"""One try of a task on 3.x: the SDK's own task runner, with a supervisor that notes what it is told.

`run` and `finalize` of sdk/execution_time/task_runner.py execute the operator and decide how it ended, so that every
version's own rules hold (what is pushed, which errors are retried, retry policies). Here is only what surrounds them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagcheck._airflow.patching import replaced
from dagcheck._airflow.tries import Desk, Record


def run_try(instance: Any, context: Any, record: Record) -> None:
    """Execute one try within `seams` and fire its callbacks; the record says how it ended."""
    import structlog
    from airflow.sdk.execution_time import task_runner

    log = structlog.get_logger(logger_name="airflow.task")
    state, message, error = task_runner.run(instance, context, log)
    context["exception"] = error
    try:
        task_runner.finalize(instance, state, context, log, error)
    except Exception as problem:  # noqa: BLE001 -- `main` logs it as "Top level error": the state stands
        log.warning("%s: %s", type(problem).__name__, problem)
    if isinstance(error, KeyboardInterrupt):
        raise error
    _take_over(record, str(state.value), message, error)


def _take_over(record: Record, state: str, message: Any, error: BaseException | None) -> None:
    record.error = error
    if state in {"failed", "up_for_retry"}:
        record.state, record.retryable = "failed", state == "up_for_retry"
        delay = getattr(message, "retry_delay_seconds", None)  # 3.3, by a retry policy
        record.retry_delay = None if delay is None else datetime.timedelta(seconds=delay)
    elif state == "up_for_reschedule":
        record.state, record.reschedule_at = "up_for_reschedule", message.reschedule_date
    else:
        record.state = state  # type: ignore[assignment]


@contextmanager
def seams(desk: Desk) -> Iterator[None]:
    """Replace the ends at which the task runner talks to its surroundings."""
    from airflow.sdk.execution_time import task_runner

    def callbacks(task: Any, kind: str, context: Any, log: Any) -> None:
        del log
        desk.record.call(kind, getattr(task, kind), context)

    def rendered(task: Any) -> dict[str, Any]:
        desk.record.note_rendered(task)
        return {}

    defer_task = task_runner._defer_task  # noqa: SLF001 -- what is raised is wanted as it was

    def deferring(defer: Any, *arguments: Any) -> Any:
        desk.record.deferred = defer
        return defer_task(defer, *arguments)

    names = {
        "_run_task_state_change_callbacks": callbacks,
        "_serialize_rendered_fields": rendered,
        "_defer_task": deferring,
        _mail(task_runner): lambda *_arguments, **_options: None,
    }
    with replaced(task_runner, **names):
        yield


def _mail(task_runner: Any) -> str:
    """What sends mail for a failed task: tests send none."""
    return next(n for n in ("_send_error_email_notification", "_send_task_error_email") if hasattr(task_runner, n))
