"""The runner of a simulation: executes what decides, stands in for everything else."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, NoReturn

from dagcheck._airflow import control_flow
from dagcheck._airflow.contexts import Contexts
from dagcheck._airflow.dag_runs import Try, task_instance
from dagcheck._airflow.stand_ins import Look, XComAccess
from dagcheck.errors import UsageError
from dagcheck.running.attempt import Attempt, CallbackCall, Deferral, Ending, RunView
from dagcheck.running.graph import Task
from dagcheck.running.outcomes import Defers, Fails, Outcome, Outcomes, Returns, Skips, Succeeds
from dagcheck.running.plan import Plan

_DONE = Ending(state="success")
_ONE_ELEMENT = Ending(state="success", has_output=True, length=1)
_NO_CALLABLE = "outcomes: {!r} decides by itself what runs after it and has no callable that could return {!r}"


class UndecidedError(UsageError):
    """A branch needs a value that only an execution would tell; the message names the outcome that would decide it.

    `task_id` is the branch, `needs` the part of the message that says what it reads and how to give it.
    """

    def __init__(self, dag_id: str, task_id: str, needs: str) -> None:
        """Say which branch of which DAG needs what."""
        super().__init__(f"{task_id!r} of {dag_id!r} cannot be decided: {needs}")
        self.task_id = task_id
        self.needs = needs


class _NobodyKnowsError(BaseException):
    """Gets past the `except Exception` of a branch's own code."""


class Simulated:
    """A runner that knows one run; see `dagcheck.running.attempt.Runner`."""

    def __init__(
        self, dag: Any, plan: Plan, outcomes: Outcomes, contexts: Contexts, dag_run: Callable[[], Any]
    ) -> None:
        self.xcoms: dict[str, dict[str, Any]] = {}
        self.assumed: dict[str, str] = {}
        self.at = ""  # the task that is being tried
        self._dag = dag
        self._plan = plan
        self._outcomes = outcomes
        self._contexts = contexts
        self._make_dag_run = dag_run
        self._known: set[str] = set()  # keys whose values are those of a real run
        self._view: RunView

    @functools.cached_property
    def _dag_run(self) -> Any:
        return self._make_dag_run()

    def begin(self, view: RunView) -> None:
        """Take the view of the run."""
        self._view = view

    def output_length(self, task_id: str) -> int | None:
        """Return over how many elements others are mapped if they are mapped over a task."""
        return self._view.output_length(task_id)

    def stands_in(self, task_id: str, map_index: int) -> bool:
        """Tell whether an attempt succeeds without executing anything and without leaving a value of its own."""
        task = self._task(task_id)
        return not (task.decides or task.has_condition or self._outcomes.of(task_id, map_index, 0) is not None)

    def _task(self, task_id: str) -> Task:
        return self._plan.graph.tasks[self._plan.positions[task_id]]

    def finish(self, _state: str, _reason: str) -> tuple[CallbackCall, ...]:
        """A simulation fires no callbacks."""
        return ()

    def run(self, attempt: Attempt) -> Ending:
        """Do as the outcome says, else execute what decides, else succeed."""
        self.at = attempt.task_id
        decision = control_flow.Decision()
        outcome = self._outcomes.of(attempt.task_id, attempt.map_index, attempt.try_number - 1)
        task = self._task(attempt.task_id)
        if outcome is None and not task.decides and not task.has_condition:
            return self._assume(attempt)
        try:
            return self._do(attempt, outcome, decision if task.decides else None)
        except _NobodyKnowsError as error:
            raise UndecidedError(self._plan.graph.dag_id, attempt.task_id, str(error)) from None
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, UsageError)):
                raise
            return dataclasses.replace(control_flow.ending_of(error), choice=decision.choice)

    def _assume(self, attempt: Attempt) -> Ending:
        if attempt.task_id not in self._plan.mapped_over:
            return _DONE
        self.assumed.setdefault(attempt.task_id, "taken to return one element; say more with Returns([...])")
        return _ONE_ELEMENT

    def _do(self, attempt: Attempt, outcome: Outcome | None, decision: control_flow.Decision | None) -> Ending:
        """`decision` is there to be filled in by a task that decides."""
        if isinstance(outcome, Defers):
            if attempt.deferral is None:
                return Ending(
                    state="deferred",
                    deferral=Deferral(resume_at=attempt.start + outcome.delay, trigger=repr(outcome), method=""),
                )
            outcome = outcome.then
        if isinstance(outcome, Fails):
            raise outcome.error
        if isinstance(outcome, Skips):
            raise control_flow.skip_exception(outcome.reason)
        if isinstance(outcome, Succeeds):
            self._known.add(_key(attempt))
            return _DONE
        if isinstance(outcome, Returns) and decision is None:
            return self._returned(attempt, outcome.value)
        if outcome is None or isinstance(outcome, Returns):
            return self._execute(attempt, outcome, decision)
        return self._call(attempt, outcome, decision)

    def _call(self, attempt: Attempt, stand_in: Callable[[Any], Any], decision: control_flow.Decision | None) -> Ending:
        """Let the user's callable stand in; it may answer with an outcome or with a value."""
        answer = stand_in(self._context(attempt))
        if not isinstance(answer, (Succeeds, Returns, Fails, Skips, Defers)):
            answer = Returns(answer)
        return self._do(attempt, answer, decision)

    def _execute(self, attempt: Attempt, answer: Returns | None, decision: control_flow.Decision | None) -> Ending:
        context = self._context(attempt)
        operator = control_flow.prepared(self._dag.task_dict[attempt.task_id], context, rendered=answer is None)
        if decision is None:
            control_flow.check_condition(operator, context)
            return self._assume(attempt)
        if answer is not None and not control_flow.answer(operator, answer.value):
            raise UsageError(_NO_CALLABLE.format(attempt.task_id, answer.value))
        control_flow.decide(self._plan, operator, context, attempt.map_index, decision)
        value = None if decision.ended_by_order else decision.value
        return self._returned(attempt, value, orders=tuple(decision.orders), choice=decision.choice)

    def _returned(self, attempt: Attempt, value: Any, **more: Any) -> Ending:
        self._known.add(_key(attempt))
        if value is not None:
            self.xcoms.setdefault(_key(attempt), {})["return_value"] = value
        length = len(value) if isinstance(value, (list, tuple, dict)) else None
        orders, choice = more.get("orders", ()), more.get("choice")
        return Ending(state="success", has_output=value is not None, length=length, skip_orders=orders, choice=choice)

    def _context(self, attempt: Attempt) -> Any:
        task = self._dag.task_dict[attempt.task_id]
        one = Try(
            map_index=attempt.map_index,
            number=attempt.try_number,
            start=attempt.start,
            first_start=attempt.first_start,
            may_retry=attempt.may_retry,
            reschedules=attempt.reschedules,
        )
        instance = task_instance(self._dag_run, task, one)
        look = Look(self._look, self._elsewhere)
        XComAccess(self._view, attempt.task_id, attempt.map_index, look, self.xcoms).give_to(instance)
        count = len(self._view.map_indexes(attempt.task_id)) if attempt.map_index >= 0 else None
        return self._contexts.of(instance, count)

    def _elsewhere(self, task_ids: Any, dag_id: str | None) -> NoReturn:
        where = "earlier runs" if dag_id in {None, self._plan.graph.dag_id} else f"DAG {dag_id!r}"
        raise _NobodyKnowsError(
            f"it reads an XCom of {task_ids!r} from {where}; say it with outcomes={{{self.at!r}: Returns(...)}}"
        )

    def left_by_instances(self, task_id: str, key: str) -> list[Any]:
        """Return what the instances of a mapped task have left, for one that is mapped over it."""
        found = (self._look(task_id, index, key) for index in self._view.map_indexes(task_id) if index >= 0)
        return [value for exists, value in found if exists]

    def _look(self, task_id: str, map_index: int, key: str) -> tuple[bool, Any]:
        name = task_id if map_index < 0 else f"{task_id}[{map_index}]"
        values = self.xcoms.get(name, {})
        if key in values:
            return True, values[key]
        if task_id not in self._plan.positions:
            return False, None
        if name not in self._known and self._view.state(task_id, map_index) == "success":
            what = "what it returns" if key == "return_value" else f"its XCom {key!r}"
            raise _NobodyKnowsError(
                f"it reads {what} from {name!r}, which a simulation does not execute; "
                f"say it with outcomes={{{name!r}: Returns(...)}}"
            )
        return False, None


def _key(attempt: Attempt) -> str:
    return attempt.task_id if attempt.map_index < 0 else f"{attempt.task_id}[{attempt.map_index}]"
