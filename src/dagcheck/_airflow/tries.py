"""What is noted while one try of a task runs, by whatever machinery the installed version has."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from dagcheck._airflow import masking, versions
from dagcheck._airflow.task_errors import task_error
from dagcheck.running.attempt import Attempt, CallbackCall, EndState, SkipOrder
from dagcheck.running.effects import Effect
from dagcheck.running.outcomes import Outcome
from dagcheck.virtual_time import VirtualClock


@dataclass(slots=True)
class Record:
    """One try's doings; `error` is the exception itself, `deferred` the TaskDeferred."""

    task_id: str
    map_index: int
    state: EndState = "failed"
    retryable: bool = True
    error: BaseException | None = None
    skipped: list[Any] = field(default_factory=list)
    choice: tuple[str, ...] | None = None
    reschedule_at: datetime.datetime | None = None
    deferred: Any = None
    rendered: dict[str, Any] = field(default_factory=dict)
    callbacks: list[CallbackCall] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    retry_delay: datetime.timedelta | None = None

    def call(self, kind: str, callbacks: Any, context: Any) -> None:
        """Call the callbacks of a task or a DAG as Airflow does: each, whatever the one before raised."""
        many = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
        for callback in filter(None, many):
            error = None
            try:
                callback(context)
            except Exception as raised:  # noqa: BLE001 -- Airflow logs it and goes on
                error = task_error(raised)
            call = CallbackCall(
                kind=kind, name=_name(callback), task_id=self.task_id, map_index=self.map_index, error=error
            )
            self.callbacks.append(call)

    def note_rendered(self, task: Any) -> None:
        """Keep the rendered template fields as plain data, known secrets masked."""
        self.rendered = {name: inert(getattr(task, name, None), name) for name in task.template_fields}

    @property
    def instance(self) -> str:
        """The task instance as results name it."""
        return self.task_id if self.map_index < 0 else f"{self.task_id}[{self.map_index}]"

    def skip_order(self, key_value: Any) -> tuple[SkipOrder, ...]:
        """Return what a SkipMixin asked for; `key_value` is its XCom `skipmixin_key`, None if it pushed none."""
        if not self.skipped and key_value is None:
            return ()
        found = key_value or {}
        followed, skipped = found.get("followed"), found.get("skipped")
        return (
            SkipOrder(
                now=tuple(_instance(one) for one in self.skipped),
                followed=None if followed is None else tuple(followed),
                skipped=None if skipped is None else tuple(skipped),
            ),
        )


@dataclass(slots=True)
class Current:
    """Which try the seams of a run note things for; set before each."""

    record: Record
    attempt: Attempt
    clock: VirtualClock
    outcome: Outcome | None = None
    first_rescheduled: datetime.datetime | None = None


class Desk:
    """Holds the current try of a run."""

    __slots__ = ("current",)
    current: Current

    @property
    def record(self) -> Record:
        """What is noted of the current try."""
        return self.current.record


def _instance(one: Any) -> tuple[str, int | None]:
    """2.x means every index of a task that it names by its id, 3.x the unmapped instance (routes/task_instances.py)."""
    if isinstance(one, str):
        return one, (-1 if versions.at_least(3, 0) else None)
    return str(one[0]), int(one[1])


def _name(callback: Any) -> str:
    return str(getattr(callback, "__name__", None) or type(callback).__name__)


def inert(value: Any, name: str | None = None) -> Any:
    """Return a copy of plain data; anything else becomes its text. Secrets that Airflow knows are masked."""
    return masking.redact(_plain(value), name)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return value
    if callable(value):
        return f"<callable {getattr(value, '__qualname__', type(value).__name__)}>"
    return str(value)
