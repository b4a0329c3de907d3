"""Make a result out of an engine that has run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagcheck.rundate import RunDate
from dagcheck.running.attempt import Attempt, CallbackCall, Ending
from dagcheck.running.effects import Effect
from dagcheck.running.engine import Engine
from dagcheck.running.instances import Instance
from dagcheck.running.result import Run, Try


def collect(
    engine: Engine,
    date: RunDate,
    *,
    xcoms: Mapping[str, Mapping[str, Any]] | None = None,
    assumed: Mapping[str, str] | None = None,
    effects: tuple[Effect, ...] = (),
) -> Run:
    """Return the result of a finished engine; what has values (XComs) and what was assumed comes from its runner."""
    instances = list(engine.instances)
    ran = [one for one in instances if one.attempts]
    last = {one.key: one.attempts[-1][1] for one in ran}
    return Run(
        dag_id=engine.plan.graph.dag_id,
        date=date,
        run_state=engine.state,
        reason=engine.reason,
        states={one.key: one.state for one in instances},
        graph=engine.plan.graph,
        order=tuple(engine.order),
        tries={one.key: tuple(_try(*each) for each in one.attempts) for one in ran},
        choices={key: ending.choice for key, ending in last.items() if ending.choice is not None},
        skipped_by={one.key: one.cause for one in instances if one.cause is not None},
        races=dict(engine.races.found),
        rendered={key: ending.rendered for key, ending in last.items() if ending.rendered},
        log={one.key: lines for one in ran if (lines := _log(one))},
        errors={key: ending.error for key, ending in last.items() if ending.error},
        callbacks=(*_callbacks(engine), *engine.callbacks),
        xcoms=xcoms or {},
        assumed=assumed or {},
        effects=effects,
    )


def _try(attempt: Attempt, ending: Ending, state: str) -> Try:
    end = attempt.start + ending.duration
    return Try(number=attempt.try_number, start=attempt.start, end=end, state=state, error=ending.error)


def _log(instance: Instance) -> tuple[str, ...]:
    return tuple(line for _, ending, _ in instance.attempts for line in ending.log)


def _callbacks(engine: Engine) -> list[CallbackCall]:
    """Those of the tasks, in the order in which their tries ended."""
    calls = [each for one in engine.instances for each in one.attempts if each[1].callbacks]
    calls.sort(key=lambda each: each[0].start + each[1].duration)
    return [call for _, ending, _ in calls for call in ending.callbacks]
