"""What the triggerer does for a deferred task: rebuild the trigger, let it run in an event loop, take its first event.

The loop's time is virtual, so that waiting for an hour takes none. Follows jobs/triggerer_job_runner.py (run_trigger)
and models/trigger.py (submit_event, submit_failure).
"""

from __future__ import annotations

import datetime
import importlib
import traceback
from dataclasses import dataclass
from typing import Any

from dagcheck._airflow import versions
from dagcheck.running.attempt import Deferral
from dagcheck.virtual_time import GivenUpError, VirtualClock, run_async

LONGEST = datetime.timedelta(days=8).total_seconds()  # a day more than the timeout that sensors have by default
_FAIL = "__fail__"  # models/trigger.py, TRIGGER_FAIL_REPR


class TriggerGivenUpError(Exception):
    """A trigger did not fire in time; the task's outcome would have to say what it answers."""


@dataclass(frozen=True, slots=True)
class _Fired:
    payload: Any


def deferral_of(deferred: Any, start: datetime.datetime, limit: datetime.timedelta | None) -> Deferral:
    """Run the trigger of a TaskDeferred from `start` on and tell what it said, and when.

    `limit` is what is left of the task's execution_timeout. Raises TriggerGivenUpError if nothing happens for a week.
    """
    timeouts = [one for one in (deferred.timeout, limit) if one is not None]
    allowed = min(timeouts).total_seconds() if timeouts else None
    trigger = rebuilt(deferred.trigger)
    clock = VirtualClock(start)
    name = f"{type(trigger).__module__}.{type(trigger).__qualname__}"
    method, kwargs = deferred.method_name, dict(deferred.kwargs or {})
    try:
        with clock.running(frozen=True):
            fired = run_async(lambda: _first_event(trigger), clock, limit=LONGEST if allowed is None else allowed)
    except GivenUpError as given_up:
        if allowed is None or not given_up.at_limit:
            raise TriggerGivenUpError(_advice(name, str(given_up))) from None
        at = start + datetime.timedelta(seconds=allowed)
        return _failing(at, name, _timeout_error(), timed_out=True)
    except Exception as error:  # noqa: BLE001 -- whatever a trigger raises fails the task
        return _failing(clock.now, name, _failure_error(), _lines(error))
    return Deferral(resume_at=clock.now, trigger=name, method=method, method_kwargs=kwargs, event=fired.payload)


def next_call(deferral: Deferral) -> tuple[str, dict[str, Any]]:
    """Return `next_method` and `next_kwargs` of a task that resumes, as the version keeps them."""
    kwargs = dict(deferral.method_kwargs)
    if deferral.method != _FAIL:
        kwargs["event"] = deferral.event
    if versions.at_least(3, 2):
        from airflow.sdk.serde import serialize

        return deferral.method, serialize(kwargs)  # type: ignore[return-value, unused-ignore]
    from airflow.serialization.serialized_objects import BaseSerialization

    stored = BaseSerialization.serialize(kwargs)
    return deferral.method, stored if versions.at_least(3, 0) else BaseSerialization.deserialize(stored)


def rebuilt(trigger: Any) -> Any:
    """Return the trigger as the triggerer gets it: its class by path, its arguments through serialisation."""
    path, arguments = trigger.serialize()
    module, _, name = path.rpartition(".")
    rebuild = getattr(importlib.import_module(module), name)
    if versions.at_least(3, 2):
        from airflow.sdk.serde import deserialize, serialize

        return rebuild(**deserialize(serialize(arguments)))
    from airflow.serialization.serialized_objects import BaseSerialization

    return rebuild(**BaseSerialization.deserialize(BaseSerialization.serialize(arguments)))


async def _first_event(trigger: Any) -> _Fired:
    events = trigger.run()
    try:
        async for event in events:
            return _Fired(event.payload)
    finally:
        await events.aclose()
        await trigger.cleanup()
    raise RuntimeError("the trigger ended without an event")


def _failing(
    at: datetime.datetime, name: str, error: str, lines: list[str] | None = None, *, timed_out: bool = False
) -> Deferral:
    kwargs: dict[str, Any] = {"error": error}
    if lines is not None:
        kwargs["traceback"] = lines
    return Deferral(resume_at=at, trigger=name, method=_FAIL, method_kwargs=kwargs, timed_out=timed_out)


def _timeout_error() -> str:
    """jobs/scheduler_job_runner.py, check_trigger_timeouts: a text on 2.x, since 3.0 TriggerFailureReason."""
    return "Trigger timeout" if versions.at_least(3, 0) else "Trigger/execution timeout"


def _failure_error() -> str:
    return "Trigger failure"


def _lines(error: BaseException) -> list[str]:
    return traceback.format_exception(type(error), error, error.__traceback__)


def _advice(name: str, why: str) -> str:
    return (
        f"the trigger {name} did not fire: {why}. Say what it answers by giving the task an outcome, "
        "or give the task a timeout"
    )
