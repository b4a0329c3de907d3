"""The contract between the engine, which decides what runs and when, and a runner, which executes one try of one task.

The engine owns states, trigger rules, retries, expansion and the virtual clock. It never sees a value: XComs, contexts,
templates, logs and callbacks are the runner's. The runner never decides about another task: it reports what an
operator asked for (`SkipOrder`) or needs (`reschedule_at`, `Deferral`), and the engine does what Airflow's scheduler
and its API server do.

    runner.begin(view)                           once, before the first task
    ending = runner.run(Attempt("extract", ...)) for every try, also after a reschedule or a deferral
    fired = runner.finish("failed", "task_failure")  once, when the run's state is known: the DAG's callbacks

Task states are Airflow's words: `success`, `failed`, `skipped`, `upstream_failed`, `removed`, `up_for_retry`, ...
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

UNMAPPED = -1  # the map index of a task that is not mapped, or not yet expanded


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskError:
    """What a task raised: the class's full name, its message, the user's own line, the whole traceback as text.

    `file` and `line` are None when no code of the user's was on the stack. `cause` is the exception before it.
    """

    type: str
    message: str
    file: str | None = None
    line: int | None = None
    traceback: str = ""
    cause: TaskError | None = None

    def __str__(self) -> str:
        """Show type, message and the user's line."""
        where = f" ({self.file}:{self.line})" if self.file else ""
        return f"{self.type}: {self.message}{where}" if self.message else f"{self.type}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipOrder:
    """What an operator's SkipMixin asked for, after its own validation (groups expanded, unknown ids refused).

    `now` are the task instances to set skipped at once: (task_id, map_index), or (task_id, None) for every index of
    the task, as `skip` means it on Airflow 2. `followed` and `skipped` are the XCom `skipmixin_key` that it leaves for
    NotPreviouslySkippedDep: `{"followed": [...]}` from `skip_all_except`, `{"skipped": [...]}` from `skip`; None if
    that one was not pushed. On Airflow 3 a mapped task (map_index >= 0) leaves the XCom and `now` is empty.
    """

    now: tuple[tuple[str, int | None], ...] = ()
    followed: tuple[str, ...] | None = None
    skipped: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """A task that waits for a trigger: the engine calls the runner again at `resume_at`, with this very object.

    The runner has already found out what the trigger will say (`event`) and when; a trigger that does not fire in time
    has `resume_at` at its timeout and `timed_out`. `trigger` is for showing: the class and its arguments.
    """

    resume_at: datetime.datetime
    trigger: str
    method: str
    method_kwargs: Mapping[str, Any] = field(default_factory=dict)
    event: Any = None
    timed_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackCall:
    """A callback that fired, e.g. kind `on_failure_callback`; `error` is what it raised itself."""

    kind: str
    name: str
    task_id: str | None = None
    map_index: int = UNMAPPED
    error: TaskError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call for a runner: run this task instance now.

    `start` is the virtual time of this call, `first_start` that of the try (they differ after a reschedule or a
    deferral). XComs of the instance are to be cleared when `deferral` is None.
    `may_retry` tells that a failure which allows it will be retried: on_retry_callback instead of on_failure_callback,
    `ti.max_tries` follows from the operator's own `retries`. `reschedules` counts those of this try.
    """

    task_id: str
    map_index: int = UNMAPPED
    try_number: int = 1
    start: datetime.datetime
    first_start: datetime.datetime
    may_retry: bool = False
    reschedules: int = 0
    deferral: Deferral | None = None


EndState = Literal["success", "failed", "skipped", "up_for_reschedule", "deferred"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one call of `Runner.run` ended.

    `retryable` matters for `failed` alone: False after AirflowFailException (AirflowTaskTimeout is retryable);
    `retry_delay` is what a retry policy (Airflow 3.3) asked for instead of the task's own delay.
    `has_output` tells that an XCom `return_value` exists now; `length` its number of elements if tasks can be mapped
    over it (list, tuple, dict and what Airflow's `is_mappable` allows). A task that others map over and that
    returned something else has failed, as in Airflow. `duration` is virtual time only (a sensor's pokes).
    `choice` is what a branch returned, as the user would write it; None for any other operator.
    """

    state: EndState
    retryable: bool = True
    retry_delay: datetime.timedelta | None = None
    error: TaskError | None = None
    skip_orders: tuple[SkipOrder, ...] = ()
    has_output: bool = False
    length: int | None = None
    duration: datetime.timedelta = datetime.timedelta(0)
    reschedule_at: datetime.datetime | None = None
    deferral: Deferral | None = None
    choice: tuple[str, ...] | None = None
    rendered: Mapping[str, Any] = field(default_factory=dict)
    log: tuple[str, ...] = ()
    callbacks: tuple[CallbackCall, ...] = ()


class RunView(Protocol):
    """What a runner may ask the engine about the run at this moment."""

    def state(self, task_id: str, map_index: int = UNMAPPED) -> str | None:
        """Return the state of a task instance; None if it has none yet."""

    def states(self) -> Mapping[tuple[str, int], str | None]:
        """Return a copy of all states, by task id and map index."""

    def map_indexes(self, task_id: str) -> tuple[int, ...]:
        """Return the map indexes of a task's instances, `(-1,)` if it is not mapped or not yet expanded."""

    def upstream_map_indexes(self, task_id: str, map_index: int, upstream_id: str) -> int | range | None:
        """Return which instances of an upstream task belong to this one, as `ti.get_relevant_upstream_map_indexes`.

        None means all of them (of an unmapped one: the only one).
        """

    def output_length(self, task_id: str) -> int | None:
        """Return over how many elements others are mapped if they are mapped over a task, as `get_task_map_length`."""

    def try_number(self, task_id: str, map_index: int = UNMAPPED) -> int:
        """Return the number of the current or last try; 0 before the first."""


class Runner(Protocol):
    """Executes single tries; keeps XComs, Variables, Connections and whatever else has values."""

    def begin(self, view: RunView) -> None:
        """Take the view of the run that is about to start."""

    def run(self, attempt: Attempt) -> Ending:
        """Execute one try with its callbacks; raise nothing that a task may raise."""

    def finish(self, state: str, reason: str) -> tuple[CallbackCall, ...]:
        """Fire the DAG's callbacks; `reason` is Airflow's: success, task_failure, all_tasks_deadlocked."""
