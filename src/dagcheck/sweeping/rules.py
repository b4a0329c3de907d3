"""What may be said of the branches of a DAG after runs over its dates: each rule yields facts, the earliest first.

A rule that can't be sure says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dagcheck._airflow.deciders import Decider
from dagcheck.errors import nearest
from dagcheck.record import SweptFact, SweptKind
from dagcheck.running.attempt import TaskError
from dagcheck.sweeping.calendar import date_text
from dagcheck.sweeping.evidence import Evidence, First, Seen

_ORDERS = "'branch_task_ids'"  # how Airflow begins its refusal of an id


def targets(evidence: Evidence) -> Iterator[SweptFact]:
    """Yield the ids that branches returned and that are none of theirs."""
    for decider, seen in _of_kind(evidence, "branch"):
        told: dict[str, tuple[First, SweptFact]] = {}
        for choice, first in seen.choices.items():
            for one in choice:
                if one not in decider.targets and one not in told:
                    told[one] = first, _target(evidence, decider, one, first)
        yield from (fact for _, fact in sorted(told.values(), key=lambda each: each[0].date.moment))


def _target(evidence: Evidence, decider: Decider, one: str, first: First) -> SweptFact:
    there = one in evidence.plan.positions
    near = nearest(one, decider.targets)
    return SweptFact(
        kind="far-target" if there else "unknown-target",
        task_id=decider.task_id,
        date=date_text(evidence.dag, first.date),
        detail=one,
        more=decider.children if there else (near,) if near else (),
        count=first.count,
    )


def raising(evidence: Evidence) -> Iterator[SweptFact]:
    """Yield what deciders raised, one fact for each of them."""
    for task_id, seen in evidence.seen.items():
        errors = [one for one in seen.errors.values() if one.error and not one.error.message.startswith(_ORDERS)]
        if task_id in evidence.undecided or not errors:
            continue
        first = min(errors, key=lambda one: one.date.moment)
        file, line = _place(first.error)
        yield SweptFact(
            kind="raises", task_id=task_id, date=date_text(evidence.dag, first.date), file=file, line=line,
            detail=_said(first.error), count=sum(one.count for one in errors),
        )  # fmt: skip


def _place(error: TaskError | None) -> tuple[str | None, int | None]:
    while error is not None and error.file is None:
        error = error.cause
    return (error.file, error.line) if error else (None, None)


def _said(error: TaskError | None) -> str:
    if error is None:
        return ""
    name = error.type.rpartition(".")[2]
    return f"{name}: {error.message}" if error.message else name


def nothing_chosen(evidence: Evidence, *, given: bool = False) -> Iterator[SweptFact]:
    """Yield the branches that chose nothing; `given`: what they look up besides the date is what a test gave them."""
    for decider, seen in _of_kind(evidence, "branch"):
        first = seen.choices.get(())
        told_by_hand = evidence.by_hand and decider.configured
        if first is not None and (given or not (told_by_hand or _depends(decider, seen))):
            date = date_text(evidence.dag, first.date)
            yield SweptFact(kind="nothing", task_id=decider.task_id, date=date, count=first.count)


def not_exactly_one(evidence: Evidence) -> Iterator[SweptFact]:
    """Yield the branches that chose nothing, or several ids at once."""
    for decider, seen in _of_kind(evidence, "branch"):
        for choice, first in seen.choices.items():
            if len(choice) != 1:
                date = date_text(evidence.dag, first.date)
                kind: SweptKind = "several" if choice else "nothing"
                yield SweptFact(kind=kind, task_id=decider.task_id, date=date, detail=_shown(choice), count=first.count)


def never_taken(evidence: Evidence, *, given: bool = False) -> Iterator[SweptFact]:
    """Yield the sides that no date takes, of branches that look at nothing but the date, or at what was `given`."""
    if not evidence.complete:
        return
    for task_id, seen in evidence.seen.items():
        decider = evidence.deciders[task_id]
        if decider.kind not in {"branch", "short circuit"} or not seen.runs:
            continue
        if not given and not is_plain(evidence, decider):
            continue
        missing = [child for child in decider.children if child not in seen.taken]
        if missing and (decider.kind == "branch" or len(missing) == len(decider.children)):
            first = seen.first
            chosen = sorted(seen.choices, key=lambda one: -seen.choices[one].count)
            for child in missing if decider.kind == "branch" else [""]:
                yield SweptFact(
                    kind="never-taken", task_id=task_id, date=date_text(evidence.dag, first) if first else "",
                    detail=child, more=tuple(", ".join(one) or "nothing" for one in chosen[:4]), count=seen.runs,
                )  # fmt: skip


def is_plain(evidence: Evidence, decider: Decider) -> bool:
    """Tell whether its choices follow from the dates alone, and all are known."""
    seen = evidence.seen[decider.task_id]
    return (
        not seen.errors
        and not decider.mapped
        and not decider.clock
        and not decider.configured
        and not _depends(decider, seen)
        and decider.task_id not in evidence.undecided
        and decider.task_id not in evidence.doubted
    )


def _depends(decider: Decider, seen: Seen) -> bool:
    return bool(decider.unknown or seen.lookups)


def unstable(
    evidence: Evidence, again: Evidence, *, given: bool = False, kind: SweptKind = "unstable"
) -> Iterator[SweptFact]:
    """Yield the deciders that decided otherwise for the same date at another time, or in another zone."""
    for task_id, seen in evidence.seen.items():
        decider = evidence.deciders[task_id]
        if decider.kind == "latest only" or decider.mapped or (not given and _depends(decider, seen)):
            continue
        if task_id in {*evidence.undecided, *again.undecided}:
            continue
        later = again.seen[task_id].by_date
        other = [date for date in seen.by_date if date in later and seen.by_date[date] != later[date]]
        if other:
            date = min(other, key=lambda one: one.moment)
            yield SweptFact(
                kind=kind, task_id=task_id, date=date_text(evidence.dag, date), count=len(other),
                detail=_shown(seen.by_date[date]), more=(_shown(later[date]),),
            )  # fmt: skip


def _shown(choice: tuple[str, ...] | None) -> str:
    return "an error" if choice is None else ", ".join(choice) or "nothing"


def undecided(evidence: Evidence) -> Iterator[SweptFact]:
    """Yield the deciders that need what only a run knows, each once."""
    for task_id, one in evidence.undecided.items():
        date = date_text(evidence.dag, one.date)
        yield SweptFact(kind="undecided", task_id=task_id, date=date, detail=one.needs, given=one.given)


def races(evidence: Evidence) -> Iterator[SweptFact]:
    """Yield the tasks whose state depends on timing."""
    for key, (date, why) in evidence.raced.items():
        yield SweptFact(kind="race", task_id=key, date=date_text(evidence.dag, date), detail=why)


def _of_kind(evidence: Evidence, kind: str) -> Iterable[tuple[Decider, Seen]]:
    return [(one, evidence.seen[task_id]) for task_id, one in evidence.deciders.items() if one.kind == kind]
