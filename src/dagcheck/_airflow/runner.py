"""Executes single tries of tasks in this process, without a metadata DB: the engine's runner behind `run_dag`."""

from __future__ import annotations

import datetime
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from dagcheck._airflow import (
    choices,
    contexts,
    dag_runs,
    forced,
    orm_tries,
    patching,
    sdk_tries,
    sensors,
    sessions,
    stores,
    subprocess_comms,
    task_logs,
    triggers,
    versions,
    xcom_methods,
    xcoms,
)
from dagcheck._airflow.task_errors import task_error
from dagcheck._airflow.task_messages import TaskMessages
from dagcheck._airflow.tries import Current, Desk, Record
from dagcheck.rundate import RunDate
from dagcheck.running.attempt import Attempt, CallbackCall, Deferral, Ending, RunView
from dagcheck.running.effects import Effect
from dagcheck.running.outcomes import Defers, Outcome
from dagcheck.tables import TextTable, XComKey, XComTable
from dagcheck.virtual_time import VirtualClock

OutcomeOf = Callable[[str, int, int], "Outcome | None"]
_MOST_LINES = 20  # of what a trigger says: it may say something every virtual second
_FORCED = "__outcome__"  # the method of a deferral that an outcome asked for


class MemoryRunner:
    """Runs the DAG's own operators; `outcome_of(task_id, map_index, failures)` says what to do instead, if anything.

    Use it within `seams()`, which is when Airflow asks here instead of its metadata DB.
    """

    def __init__(
        self, dag: Any, when: RunDate, *, conf: Mapping[str, Any], xcoms: XComTable, outcome_of: OutcomeOf
    ) -> None:
        self._dag = dag
        self._outcome_of = outcome_of
        self._runs = dag_runs.DagRuns(dag, conf)
        self.dag_run = self._runs.at(when)
        self._contexts = contexts.Contexts(dag, self._runs.conf)
        self._xcoms = xcoms
        self._desk = Desk()
        self._messages = TaskMessages(dag, self.dag_run, self._desk)
        self._log = task_logs.Collector()
        self._failures: dict[tuple[str, int], int] = defaultdict(int)
        self._first_rescheduled: dict[tuple[str, int], datetime.datetime] = {}
        self._view: RunView | None = None
        self.effects: list[Effect] = []

    @contextmanager
    def seams(self, variables: TextTable | None = None, connections: TextTable | None = None) -> Iterator[None]:
        """Let everything that tasks ask of Airflow be answered here; afterwards all is as it was."""
        own = stores.Stores(variables, connections, self._xcoms, messages=self._messages, hint=stores.how_to_give)
        tries = sdk_tries if versions.at_least(3, 0) else orm_tries
        with ExitStack() as stack:
            stack.enter_context(stores.answering(own))
            stack.enter_context(sessions.refused())
            stack.enter_context(xcom_methods.seams())
            stack.enter_context(tries.seams(self._desk))
            stack.enter_context(forced.seams(self._desk))
            stack.enter_context(sensors.seams(self._desk))
            stack.enter_context(choices.seams(self._dag, self._desk))
            stack.enter_context(patching.termination_untouched())
            stack.enter_context(_environment_kept())
            stack.enter_context(subprocess_comms.seams(self._dag))
            self._log = stack.enter_context(task_logs.seams())
            yield

    def begin(self, view: RunView) -> None:
        """Take the view of the run that is about to start."""
        self._view = self._messages.view = view
        if not versions.at_least(3, 0):
            dag_runs.show_instances(self.dag_run, self._dag, view)

    def run(self, attempt: Attempt) -> Ending:
        """Execute one try with its callbacks."""
        outcome = self._outcome(attempt)
        if isinstance(outcome, Defers):
            return _deferring(attempt, outcome)
        who = attempt.task_id, attempt.map_index
        record, clock = Record(*who), VirtualClock(attempt.start)
        self._desk.current = Current(record, attempt, clock, outcome, self._first_rescheduled.get(who))
        lines = self._log.lines = []
        if (timeout := self._task(attempt).execution_timeout) is not None:
            sensors.end_at(timeout, clock, attempt)
        with clock.running():
            self._execute(attempt, record)
        deferral = self._deferral(attempt, record, clock, lines)
        if record.state == "failed":
            self._failures[who] += 1
        elif record.state == "up_for_reschedule":
            self._first_rescheduled.setdefault(who, attempt.start)
        return self._ending(attempt, record, clock, lines, deferral)

    def finish(self, state: str, reason: str) -> tuple[CallbackCall, ...]:
        """Fire the DAG's callbacks with the context of one of its task instances, as DagRun.execute_dag_callbacks."""
        kind = "on_success_callback" if state == "success" else "on_failure_callback"
        callbacks = getattr(self._dag, kind, None)
        if not callbacks:
            return ()
        record = Record("", -1)
        context = self._last_context(reason)
        record.call(kind, callbacks, context)
        return tuple(CallbackCall(kind=call.kind, name=call.name, error=call.error) for call in record.callbacks)

    def _last_context(self, reason: str) -> Any:
        task = self._dag.task_dict[max(self._dag.task_dict)]
        one = dag_runs.Try(start=self.dag_run.start_date)
        context = self._contexts.of(dag_runs.task_instance(self.dag_run, task, one))
        context["reason"] = reason
        return context

    def values(self) -> dict[str, dict[str, Any]]:
        """Return all XComs of the run as `task` or `task[0]` to key to value."""
        found = xcoms.of_run(self._xcoms, self._dag.dag_id, self.dag_run.run_id)
        return {task if index < 0 else f"{task}[{index}]": values for (task, index), values in found.items()}

    def _task(self, attempt: Attempt) -> Any:
        return self._dag.task_dict[attempt.task_id]

    def _outcome(self, attempt: Attempt) -> Outcome | None:
        outcome = self._outcome_of(
            attempt.task_id, attempt.map_index, self._failures[attempt.task_id, attempt.map_index]
        )
        if attempt.deferral is not None and attempt.deferral.method == _FORCED:
            return attempt.deferral.event  # type: ignore[no-any-return]
        return outcome

    def _execute(self, attempt: Attempt, record: Record) -> None:
        if attempt.deferral is None:
            self._xcoms.clear(self._key(attempt))
        try:
            instance = self._instance(attempt)
            context = self._context(instance, attempt)
        except Exception as error:  # noqa: BLE001 -- params that are not valid end a task before it starts
            record.error = error
            return
        if versions.at_least(3, 0):
            sdk_tries.run_try(instance, context, record)
        else:
            orm_tries.run_try(instance, context, record, may_retry=attempt.may_retry)

    def _instance(self, attempt: Attempt) -> Any:
        resumed = attempt.deferral if attempt.deferral and attempt.deferral.method != _FORCED else None
        method, kwargs = triggers.next_call(resumed) if resumed else (None, {})
        one = dag_runs.Try(
            map_index=attempt.map_index, number=attempt.try_number, start=attempt.start,
            first_start=attempt.first_start, may_retry=attempt.may_retry, reschedules=attempt.reschedules,
            next_method=method, next_kwargs=kwargs, upstream_map_indexes=self._upstream_map_indexes(attempt),
        )  # fmt: skip
        return dag_runs.task_instance(self.dag_run, self._task(attempt), one)

    def _context(self, instance: Any, attempt: Attempt) -> Any:
        count = None
        if attempt.map_index >= 0 and self._view is not None:
            count = len(self._view.map_indexes(attempt.task_id))
        return self._contexts.of(instance, count)

    def _upstream_map_indexes(self, attempt: Attempt) -> dict[str, Any]:
        """What the server of 3.0 and 3.1 sends along (`_get_upstream_map_indexes`, routes/task_instances.py)."""
        if versions.at_least(3, 2) or not versions.at_least(3, 0) or self._view is None:
            return {}
        task, found = self._task(attempt), dict[str, Any]()
        for upstream in task.upstream_list:
            group = upstream.get_closest_mapped_task_group()
            if group is None:
                found[upstream.task_id] = None
            elif group is task.get_closest_mapped_task_group():
                found[upstream.task_id] = attempt.map_index
            else:
                found[upstream.task_id] = [one for one in self._view.map_indexes(upstream.task_id) if one >= 0]
        return found

    def _key(self, attempt: Attempt, key: str = "return_value") -> XComKey:
        return XComKey(
            dag_id=self._dag.dag_id,
            run_id=self.dag_run.run_id,
            task_id=attempt.task_id,
            key=key,
            map_index=attempt.map_index,
        )

    def _ending(
        self, attempt: Attempt, record: Record, clock: VirtualClock, lines: list[str], deferral: Deferral | None
    ) -> Ending:
        output = self._xcoms.find(self._key(attempt))
        self.effects += record.effects
        return Ending(
            state=record.state,
            retryable=record.retryable,
            retry_delay=record.retry_delay,
            error=None if record.error is None else task_error(record.error),
            skip_orders=record.skip_order(self._skip_key(attempt)),
            has_output=output is not None,
            length=None if output is None else self._xcoms.length(output),
            duration=datetime.timedelta(seconds=clock.passed),
            reschedule_at=record.reschedule_at,
            deferral=deferral,
            choice=record.choice,
            rendered=record.rendered,
            log=tuple(lines),
            callbacks=tuple(record.callbacks),
        )

    def _skip_key(self, attempt: Attempt) -> Any:
        key = self._xcoms.find(self._key(attempt, "skipmixin_key"))
        return None if key is None else xcoms.plain(key, dict(self._xcoms.items())[key])

    def _deferral(self, attempt: Attempt, record: Record, clock: VirtualClock, lines: list[str]) -> Deferral | None:
        """Run the trigger of a task that deferred; the task fails if the trigger never fires."""
        if record.state != "deferred":
            return None
        timeout = self._task(attempt).execution_timeout
        left = None if timeout is None else timeout - (clock.now - attempt.first_start)
        said = self._log.lines = []
        try:
            return triggers.deferral_of(record.deferred, clock.now, left)
        except triggers.TriggerGivenUpError as error:
            record.state, record.error = "failed", error
            return None
        finally:
            lines += said if len(said) <= _MOST_LINES else [*said[:5], "...", *said[-5:]]


def _deferring(attempt: Attempt, outcome: Defers) -> Ending:
    deferral = Deferral(
        resume_at=attempt.start + outcome.delay, trigger="an outcome", method=_FORCED, event=outcome.then
    )
    return Ending(state="deferred", deferral=deferral)


@contextmanager
def _environment_kept() -> Iterator[None]:
    """Take away what Airflow exports for a task: AIRFLOW_CTX_..."""
    before = {name: value for name, value in os.environ.items() if name.startswith("AIRFLOW_CTX_")}
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith("AIRFLOW_CTX_")]:
            del os.environ[name]
        os.environ.update(before)
