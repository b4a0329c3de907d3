"""Run only what decides control flow: branches, short circuits, `run_if` and `skip_if`.

An operator's own `execute` runs, on a shallow copy as in Airflow. What differs is where its orders go: `skip` and
`skip_all_except` of the copy are shadowed, because those of SkipMixin write to the metadata DB on 2.x. The names are
the same in all versions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from dagcheck._airflow import versions
from dagcheck._airflow.classes import exceptions, mapped_operator
from dagcheck._airflow.contexts import current
from dagcheck._airflow.patching import replaced
from dagcheck._airflow.task_errors import task_error
from dagcheck.running.attempt import Ending, SkipOrder
from dagcheck.running.orders import InvalidChoiceError, order_to_follow, order_to_skip
from dagcheck.running.plan import Plan


class OrderGivenError(BaseException):
    """Ends `execute` as DownstreamTasksSkipped does on 3.x: nothing after it runs and nothing is returned."""


class Decision:
    """What came of one operator that decides."""

    __slots__ = ("choice", "ended_by_order", "orders", "value")

    def __init__(self) -> None:
        self.value: Any = None
        self.choice: tuple[str, ...] | None = None
        self.orders: list[SkipOrder] = []
        self.ended_by_order = False  # no value is pushed then


def prepared(task: Any, context: Any, *, rendered: bool = True) -> Any:
    """Return the copy of an operator that may be changed and run; a mapped one is unmapped, templates are rendered.

    Not `rendered` is one whose callable will not be called: what its arguments are does not matter.
    """
    operator = task if isinstance(task, mapped_operator()) else task.prepare_for_execution()
    instance = context["ti"]
    instance.task = operator
    context["task"] = operator
    if operator is task or (rendered and any(getattr(operator, name, None) for name in operator.template_fields)):
        operator.render_template_fields(context)
    made = context["task"]
    name = "_cached_logger" if versions.at_least(3, 0) else "_log"
    object.__setattr__(made, name, _SILENCE)
    return made


def decide(plan: Plan, operator: Any, context: Any, map_index: int, decision: Decision) -> None:
    """Execute a prepared operator and record what it orders; raises whatever it raises, after what it chose."""
    _shadow(plan, operator, map_index, decision)
    with current(context):
        _before(operator, context)
        try:
            decision.value = operator.execute(context)
        except OrderGivenError:
            decision.ended_by_order = True


def check_condition(operator: Any, context: Any) -> None:
    """Run the hook in which `run_if` and `skip_if` live; raises AirflowSkipException, or what the condition raises."""
    with current(context):
        _before(operator, context)


def _before(operator: Any, context: Any) -> None:
    """On 3.x the task runner calls the hook beside an overridden `pre_execute` (task_runner.py)."""
    if not versions.at_least(3, 0):
        operator.pre_execute(context)
        return
    from airflow.sdk.bases.operator import BaseOperator

    if operator._pre_execute_hook is not None:  # noqa: SLF001 -- where the task runner finds it
        operator._pre_execute_hook(context)  # noqa: SLF001
    if type(operator).pre_execute is not BaseOperator.pre_execute:
        operator.pre_execute(context)


def answer(operator: Any, value: Any) -> bool:
    """Let a prepared operator decide as if its callable had returned `value`; False if it has no callable."""
    for name, stand_in in (("execute_callable", _no_arguments(value)), ("choose_branch", _context_only(value))):
        if hasattr(operator, name):
            object.__setattr__(operator, name, stand_in)
            return True
    return False


@contextmanager
def seams(output_length: Callable[[str], int | None]) -> Iterator[None]:
    """Let operators be executed outside of a task runner and without a metadata DB, for one run."""
    guard = _safeguard()
    with ExitStack() as stack:
        if guard is not None:
            stack.enter_context(replaced(guard, test_mode=True))
        if not versions.at_least(3, 0):
            stack.enter_context(_lengths_from(output_length))
        yield


@contextmanager
def _lengths_from(output_length: Callable[[str], int | None]) -> Iterator[None]:
    """Let the run tell 2.x what it asks a session while it unmaps: the length of a value (models/xcom_arg.py)."""
    from airflow.models.xcom_arg import PlainXComArg
    from airflow.utils.task_instance_session import set_current_task_instance_session

    def get_task_map_length(arg: Any, *_: Any, **__: Any) -> int | None:
        return output_length(arg.operator.task_id)

    with (
        replaced(PlainXComArg, get_task_map_length=get_task_map_length),
        set_current_task_instance_session(session=object()),  # handed on, never asked
    ):
        yield


class _Silence:
    """A logger that says nothing, whatever it is asked for: ten thousand dates would say it ten thousand times."""

    level = logging.CRITICAL

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self._nothing

    def _nothing(self, *_: Any, **__: Any) -> None:
        """Take the place of info, exception, ..."""

    def bind(self, **_: Any) -> _Silence:
        return self

    def getEffectiveLevel(self) -> int:  # noqa: N802 -- logging's name
        return self.level

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 -- logging's name
        return level > self.level


_SILENCE = _Silence()


def _safeguard() -> Any:
    if versions.at_least(3, 0):
        from airflow.sdk.bases.operator import ExecutorSafeguard as SDKExecutorSafeguard

        return SDKExecutorSafeguard
    from airflow.models import baseoperator

    return getattr(baseoperator, "ExecutorSafeguard", None)


def _shadow(plan: Plan, operator: Any, map_index: int, decision: Decision) -> None:
    def give(order: SkipOrder | None) -> None:
        if order is None:
            return
        decision.orders.append(order)
        if plan.semantics.skip_ends_task and order.now:
            raise OrderGivenError

    def skip_all_except(ti: Any, branch_task_ids: Any) -> None:
        del ti
        chosen = _as_list(branch_task_ids)
        if decision.choice is None:
            decision.choice = _texts(chosen)
        try:
            order = order_to_follow(plan, operator.task_id, map_index, chosen)
        except InvalidChoiceError as error:
            raise _airflow_exception()(str(error)) from None
        # before 2.10 one that was mapped knows of nothing below it (`unmap`, models/mappedoperator.py)
        give(order if operator.downstream_task_ids else None)

    def skip(*arguments: Any, **named: Any) -> None:
        tasks = named["tasks"] if "tasks" in named else arguments[-1]
        give(order_to_skip(plan, map_index, [task.task_id for task in tasks]))

    def do_branch(context: Any, branches: Any) -> Any:
        decision.choice = _texts(branches)
        return type(operator).do_branch(operator, context, branches)

    object.__setattr__(operator, "skip_all_except", skip_all_except)
    object.__setattr__(operator, "skip", skip)
    if hasattr(operator, "do_branch"):
        object.__setattr__(operator, "do_branch", do_branch)


def _as_list(chosen: Any) -> Any:
    return list(chosen) if isinstance(chosen, Iterator) else chosen


def _texts(chosen: Any) -> tuple[str, ...] | None:
    """Return ids as the user gave them; None for a generator, which can be read only once."""
    if chosen is None or isinstance(chosen, str):
        return () if chosen is None else (chosen,)
    if isinstance(chosen, Iterator) or not isinstance(chosen, Iterable):
        return None
    return tuple(str(one) for one in chosen)


def _no_arguments(value: Any) -> Callable[[], Any]:
    return lambda: value


def _context_only(value: Any) -> Callable[[Any], Any]:
    return lambda _context: value


def skip_exception(reason: str) -> BaseException:
    """Return what a task raises to be skipped."""
    made: BaseException = exceptions().AirflowSkipException(reason)
    return made


def ending_of(error: BaseException) -> Ending:
    """Return how a try ends that raised `error`, as `_run_raw_task` of 2.x and `run` of the 3.x task runner."""
    known = exceptions()
    if isinstance(error, known.AirflowSkipException):
        return Ending(state="skipped", log=(str(error),) if str(error) else ())
    return Ending(state="failed", retryable=not isinstance(error, known.AirflowFailException), error=task_error(error))


def _airflow_exception() -> Any:
    from airflow.exceptions import AirflowException

    return AirflowException
