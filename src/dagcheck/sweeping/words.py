"""Facts of a sweep in words, for findings and for the messages of failing tests."""

from __future__ import annotations

from dagcheck.record import Swept, SweptFact

_SHOWN = {
    "unknown-target": '.errors["{task}"]',
    "raises": '.errors["{task}"]',
    "far-target": '.choices["{task}"]',
    "nothing": '.choices["{task}"]',
    "several": '.choices["{task}"]',
    "zone": '.choices["{task}"]',
    "never-taken": '.choices["{task}"]',
    "unstable": '.choices["{task}"]',
    "undecided": "",
    "race": ".races",
}


def said(fact: SweptFact, swept: Swept) -> str:
    """Return in one line what was seen, and when."""
    several = f"{swept.runs} run dates from {swept.first} to {swept.last}"
    dates = several if swept.runs > 1 else f"1 run date, {swept.first}"
    return {
        "unknown-target": f"returns {fact.detail!r}, which is no task and no group below it, {_when(fact)}",
        "far-target": f"returns {fact.detail!r}, which is not directly downstream of it, {_when(fact)}",
        "raises": f"raises {fact.detail}, {_when(fact)}",
        "nothing": f"chooses nothing, {_when(fact)}",
        "several": f"chooses {fact.detail} at once, {_when(fact)}",
        "zone": f"chooses {fact.detail} on {fact.date}, and {_one(fact)} where local time is another",
        "skipped-join": f"is {fact.detail} although {_one(fact)!r} succeeded, {_when(fact)}",
        "never-taken": f"never chooses {fact.detail!r} on {dates}" if fact.detail else f"lets nothing pass on {dates}",
        "unstable": f"chooses {fact.detail} on {fact.date}, and {_one(fact)} when that run is repeated a day later",
        "undecided": f"could not be decided: {fact.detail}",
        "join": f"no choice of {' and '.join(map(repr, fact.more))} lets it run (trigger rule {fact.detail})",
        "skipped-choice": f"is skipped when {_one(fact)!r} chooses it (trigger rule {fact.detail}), {_when(fact)}",
        "never-runs": f"runs on none of {dates}, nor when a task fails (trigger rule {fact.detail})",
        "cleanup": f"does not run when {fact.detail!r} fails (trigger rule {_one(fact)})",
        "teardown": f"does not run although its setup {_one(fact)!r} did, {_failing(fact)}{_when(fact)}",
        "race": f"depends on timing: {fact.detail}",
    }[fact.kind]


def call(fact: SweptFact, dag_id: str) -> str:
    """Return the line that shows it in a test."""
    date = fact.date if fact.date.startswith("RunDate(") else f'"{fact.date}"'
    given = f", {fact.given}" if fact.given else ""
    shown = _SHOWN.get(fact.kind, '.state("{task}")').format(task=fact.task_id)
    return f'simulate("{dag_id}", {date}{given}){shown}'


def _one(fact: SweptFact) -> str:
    return next(iter(fact.more), "")


def _failing(fact: SweptFact) -> str:
    return f"when {fact.detail!r} fails, " if fact.detail else ""


def _when(fact: SweptFact) -> str:
    others = "" if fact.count == 1 else f" and {fact.count - 1} other dates" if fact.count > 2 else " and another date"  # noqa: PLR2004 -- one other
    return f"on {fact.date}{others}"
