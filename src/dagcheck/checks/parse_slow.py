"""Reports files that take long to parse."""

from __future__ import annotations

import math
from collections.abc import Iterator

from dagcheck.checks.places import own_file
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import name, place, seconds
from dagcheck.findings import Finding, Level
from dagcheck.record import Cost, Event, FileRecord

_MOST_COSTS = 5
_SLEEP = "sleep"


@check("parse-slow", Level.WARNING, "What parsing does", "file")
def parse_slow(record: FileRecord, settings: Settings) -> Iterator[Finding]:
    """A DAG file should parse within the budget, `parse_seconds` under [tool.dagcheck].

    Why: Airflow parses each file again and again, and once more before every task. Slow files make new and changed
    DAGs appear late and add their seconds to every task. (What Python spends on compiling installed packages, which
    it does once per environment, is not counted.)

    Fix: Look at the costs that the finding names. Import a heavy package inside the task that uses it. Move
    computation, file reading and waiting into tasks. Never sleep at module level.

    Bad:
        import time

        import pandas as pd

        time.sleep(2)
        COUNTRIES = pd.read_csv("/data/countries.csv")

    Good:
        from airflow.sdk import task  # airflow.decorators on Airflow 2

        @task
        def countries() -> list[str]:
            import pandas as pd

            return pd.read_csv("/data/countries.csv")["name"].tolist()
    """
    if record.failure is not None and record.failure.kind not in {"exception", "refused"}:
        return  # how it ended is told; what it cost until then says nothing
    costs = _costs(record)
    skipped = sum(_slept(event) for event in record.events if event.kind == "sleep" and event.refused)
    taken = record.seconds + skipped
    if not taken > settings.parse_seconds:
        return
    first = next((cost for cost in costs if cost.line is not None), None)
    yield Finding(
        check="parse-slow",
        file=own_file(first.file if first else None, record.file),
        line=first.line if first else None,
        what=f"took {seconds(taken)} to parse, over the budget of {seconds(settings.parse_seconds)}",
        why="Airflow spends this on every parse, and once more before every task",
        fix=_fix(costs[0]) if costs else "move what the module level computes or imports into tasks",
        proof=tuple(_line(cost, record.file) for cost in costs),
    )


def _costs(record: FileRecord) -> list[Cost]:
    """The dearest first; a sleep takes the place of the samples that saw its line."""
    sleeps = [
        Cost(what=_SLEEP, seconds=_slept(event), file=event.file, line=event.line)
        for event in record.events
        if event.kind == "sleep"
    ]
    asleep = {(cost.file, cost.line) for cost in sleeps}
    others = [cost for cost in record.costs if cost.line is None or (cost.file, cost.line) not in asleep]
    costs = [cost for cost in (*sleeps, *others) if cost.seconds > 0]
    return sorted(costs, key=lambda cost: -cost.seconds)[:_MOST_COSTS]


def _slept(event: Event) -> float:
    try:
        length = float(event.detail) * event.count
    except (ValueError, OverflowError):
        return 0.0
    return length if math.isfinite(length) and length > 0 else 0.0


def _line(cost: Cost, own: str) -> str:
    what = "slept" if cost.what == _SLEEP else name(cost.what)
    where = None if cost.line is None else place(own if cost.file is None else cost.file, cost.line)
    if cost.what == _SLEEP:
        return " at ".join(filter(None, (f"slept {seconds(cost.seconds)}", where)))
    return " at ".join(filter(None, (f"{seconds(cost.seconds)} {what}".rstrip(), where)))


def _fix(dearest: Cost) -> str:
    if dearest.what == _SLEEP:
        return "delete the sleep; to wait for something, use a sensor"
    if dearest.what:
        return f"let the task that needs it import and use {name(dearest.what)}"
    return "move the work of that line into a task"
