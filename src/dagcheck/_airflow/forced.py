"""What an outcome does in place of an operator's own work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dagcheck._airflow import versions
from dagcheck._airflow.control_flow import answer, skip_exception
from dagcheck._airflow.patching import replaced
from dagcheck._airflow.tries import Desk
from dagcheck.running.outcomes import Fails, Outcome, Returns, Skips, Succeeds


@contextmanager
def seams(desk: Desk) -> Iterator[None]:
    """Let an operator do what the outcome of its try says, if there is one: return, raise or call.

    Templates are rendered as ever; if that fails, the operator keeps its templates, because its work is not needed.
    """
    if versions.at_least(3, 0):
        from airflow.sdk.execution_time import task_runner

        instances: Any = task_runner.RuntimeTaskInstance
        run = task_runner._execute_task  # noqa: SLF001 -- the one place at which the prepared operator is known
        executing = replaced(task_runner, _execute_task=lambda context, ti, log: run(context, _told(ti, desk), log))
    else:
        from airflow.models.taskinstance import TaskInstance

        instances = TaskInstance
        run = TaskInstance._execute_task  # noqa: SLF001 -- as above
        executing = replaced(TaskInstance, _execute_task=lambda self, *others: run(_told(self, desk), *others))
    with executing, replaced(instances, render_templates=_tolerant(instances.render_templates, desk)):
        yield


def _told(instance: Any, desk: Desk) -> Any:
    if desk.current.outcome is not None:
        _shadow(instance.task, desk.current.outcome)
    return instance


def _tolerant(render: Any, desk: Desk) -> Any:
    def rendering(self: Any, *arguments: Any, **named: Any) -> Any:
        task = self.task
        try:
            return render(self, *arguments, **named)
        except Exception:
            if desk.current.outcome is None or not hasattr(self.task, "execute"):  # one that could not be unmapped
                raise
            return task

    return rendering


def _shadow(operator: Any, outcome: Outcome) -> None:
    """Put the outcome where the operator's callable is, so that a branch treats the value as its callable's."""
    if not isinstance(outcome, Returns) or not answer(operator, outcome.value):
        object.__setattr__(operator, "execute", _working(outcome))


def _working(outcome: Outcome) -> Callable[..., Any]:
    def work(context: Any, **_sentinel: Any) -> Any:
        return _result(outcome(context) if callable(outcome) else outcome)

    return work


def _result(outcome: Any) -> Any:
    if isinstance(outcome, Fails):
        raise outcome.error if isinstance(outcome.error, BaseException) else outcome.error()
    if isinstance(outcome, Skips):
        raise skip_exception(outcome.reason)
    if isinstance(outcome, Returns):
        return outcome.value
    return None if isinstance(outcome, Succeeds) else outcome
