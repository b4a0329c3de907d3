"""Runs shapes on all engines in one process, whose Airflow is hermetic.

Each line of input is a seed or the name of a hand case; each line of output is what came of it, as JSON.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import logging
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hand_cases
from generator import generate
from shapes import Shape

from dagcheck._airflow.dag_test_template import template
from dagcheck._airflow.patching import replaced
from dagcheck._airflow.settings import hermetic
from dagcheck._airflow.versions import at_least
from dagcheck.rundate import RunDate

if TYPE_CHECKING:
    from dagcheck.running.result import Run

DAY = datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc)  # a Thursday
WHEN = RunDate(
    logical_date=DAY,
    data_interval=(DAY, DAY + datetime.timedelta(days=1)),
    run_after=DAY + datetime.timedelta(days=1),
)


def main() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # logs of tasks
    enter()
    for line in sys.stdin:
        print(json.dumps(compared(shape_of(line.strip()))), file=answers)


def shape_of(name: str) -> Shape:
    """Return the random shape of a seed, or the hand case of that name."""
    return generate(int(name)) if name.isdecimal() else hand_cases.CASES[name].shape


def enter() -> None:
    """Make this process's Airflow hermetic; to be called before anything imports it."""
    os.environ.update(hermetic(Path(tempfile.mkdtemp(prefix="dagcheck-")), [], None))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)


def compared(shape: Shape) -> dict[str, Any]:
    """Return what all engines made of a shape, or what one of them raised."""
    found: dict[str, Any] = {"shape": list(shape.lines())}
    try:
        found["airflow"] = airflow(shape)
        found["simulate"] = simulated(shape)
        found["run_dag"] = executed(shape)
    except Exception:  # noqa: BLE001 -- the test shows it
        found["error"] = traceback.format_exc()
    return found


def airflow(shape: Shape) -> dict[str, Any]:
    """Return the run's state and the tasks' by `task` or `task[0]`, as the installed `dag.test()` has them."""
    from building import Built

    from dagcheck._airflow.dag_test import run_dag_test

    with contextlib.redirect_stdout(io.StringIO()), _passes_committed():
        run = run_dag_test(Built(shape).dag, WHEN, template=template())
    states = {task if index < 0 else f"{task}[{index}]": state for (task, index), state in run.states.items()}
    return {"state": run.state, "states": states}


@contextlib.contextmanager
def _passes_committed() -> Iterator[None]:
    """Commit before each pass, as the scheduler and since 2.8 `dag.test()` itself (models/dag.py) do.

    Otherwise a task that was skipped in the last pass still counts as unfinished where the length of its output is
    asked for (`get_task_map_length`, models/xcom_arg.py).
    """
    from airflow.models.dagrun import DagRun

    def update_state(self: DagRun, session: Any, **options: Any) -> Any:
        session.commit()
        return as_it_is(self, session=session, **options)

    as_it_is = DagRun.update_state
    with contextlib.nullcontext() if at_least(2, 8) else replaced(DagRun, update_state=update_state):
        yield


def simulated(shape: Shape) -> dict[str, Any]:
    """Return the same as `simulate` has it, and what depends on timing by its account."""
    from building import Built
    from outcomes import outcomes

    from dagcheck.simulation import simulate

    built = Built(shape)
    run = simulate(built.dag, WHEN, outcomes=outcomes(shape, built))
    return _told(run)


def executed(shape: Shape) -> dict[str, Any]:
    """Return the same as `run_dag` has it."""
    from building import Built

    from dagcheck.execution import run_dag

    with contextlib.redirect_stdout(io.StringIO()):
        return _told(run_dag(Built(shape).dag, WHEN))


def _told(run: Run) -> dict[str, Any]:
    return {"state": run.run_state, "states": dict(run.states), "timing": sorted(_depending_on_timing(run))}


def _depending_on_timing(run: Run) -> set[str]:
    """Return the ids of tasks that race, and of everything below them."""
    below = {task.task_id: task.downstream for task in run.graph.tasks}
    found: set[str] = set()
    waiting = [key.partition("[")[0] for key in run.races]
    while waiting:
        task = waiting.pop()
        if task not in found:
            found.add(task)
            waiting.extend(below[task])
    return found


if __name__ == "__main__":
    main()
