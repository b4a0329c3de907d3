"""A run in words: one line for a failing assert, the whole graph for a human."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dagcheck.running.attempt import TaskError
from dagcheck.running.graph import Task

if TYPE_CHECKING:  # the result shows itself with this module
    from dagcheck.running.result import Run

_LONGEST = 220  # pytest cuts the repr in an assertion at 240 characters


def complaint(run: Run) -> str | None:
    """Return in one line why a run is no success; None if it is one."""
    if run.run_state == "success":
        return run.vacuous
    first = _first_error(run)
    if first:
        text = f"{first[0]} failed: {first[1]}"
    elif run.reason == "all_tasks_deadlocked":
        text = f"deadlock: {', '.join(_waiting(run))} can never run"
    else:
        failed = [key for key, state in run.states.items() if state in {"failed", "upstream_failed"}]
        text = f"failed: {', '.join(failed)}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def vacuous(run: Run) -> str | None:
    """Return why a run proves nothing: no task in it succeeded."""
    if "success" in run.states.values():
        return None
    counts = Counter(state or "without a state" for state in run.states.values())
    what = ", ".join(f"{count} {state}" for state, count in counts.most_common())
    return f"no task succeeded ({what})"


def explain(run: Run) -> str:
    """Return the graph as text, one line per task, upstream first, then what went wrong."""
    lines = [f"{run.dag_id}, {run.date}: {run.run_state} ({run.reason})", ""]
    width = max((len(task.task_id) for task in run.graph.tasks), default=0)
    lines += [_line(run, task, width).rstrip() for task in run.graph.tasks]
    first = _first_error(run)
    if first:
        lines += ["", f"{first[0]}: {first[1]}"]
        lines += first[1].traceback.rstrip().splitlines()
    if run.vacuous:
        lines += ["", run.vacuous]
    lines += [f"race: {key}: {why}" for key, why in run.races.items()]
    lines += [f"assumed: {key}: {what}" for key, what in run.assumed.items()]
    return "\n".join(lines)


def _line(run: Run, task: Task, width: int) -> str:
    notes = [f"after {', '.join(task.upstream)}"] if task.upstream else []
    if task.trigger_rule != "all_success":
        notes.append(task.trigger_rule)
    if task.task_id in run.choices:
        notes.append(f"chose {', '.join(run.choices[task.task_id]) or 'nothing'}")
    if task.task_id in run.skipped_by:
        notes.append(f"by {run.skipped_by[task.task_id]}")
    tries = run.tries.get(task.task_id, ())
    if tries and tries[-1].number > 1:
        notes.append(f"{tries[-1].number} tries")
    return f"  {task.task_id:{width}}  {_states(run, task):15}  {'; '.join(notes)}"


def _states(run: Run, task: Task) -> str:
    if task.task_id in run.states:
        return run.states[task.task_id] or "-"
    states = [state or "-" for key, state in run.states.items() if key.startswith(f"{task.task_id}[")]
    return ", ".join(f"{count} {state}" for state, count in Counter(states).items())


def _first_error(run: Run) -> tuple[str, TaskError] | None:
    failed = [key for key in run.order if key in run.errors and run.states.get(key) == "failed"]
    return (failed[0], run.errors[failed[0]]) if failed else None


def _waiting(run: Run) -> list[str]:
    ended = {"success", "failed", "skipped", "upstream_failed", "removed"}
    return [key for key, state in run.states.items() if state not in ended]
