from __future__ import annotations

import datetime
from typing import Any

import pytest

from dagcheck.errors import UnknownIdError, UsageError
from dagcheck.rundate import RunDate
from dagcheck.running.attempt import TaskError
from dagcheck.running.graph import Graph, Task
from dagcheck.running.lengths import Expansion, Known
from dagcheck.running.result import Run

DAY = datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc)
GRAPH = Graph(
    dag_id="orders",
    tasks=(
        Task(task_id="extract", downstream=("load",)),
        Task(task_id="load", upstream=("extract",), downstream=("report",), expands=Expansion(Known(2))),
        Task(task_id="report", upstream=("load",), trigger_rule="none_failed"),
    ),
)
ERROR = TaskError(type="ValueError", message="bad row", file="dags/orders.py", line=12, traceback="Traceback ...")


def make(**changes: Any) -> Run:
    states = {"extract": "success", "load[0]": "success", "load[1]": "success", "report": "success"}
    values: dict[str, Any] = {
        "dag_id": "orders", "date": RunDate(logical_date=DAY, run_after=DAY), "run_state": "success",
        "reason": "success", "states": states, "graph": GRAPH, "order": tuple(states),
    }  # fmt: skip
    return Run(**{**values, **changes})


FAILED = {
    "run_state": "failed",
    "reason": "task_failure",
    "states": {"extract": "success", "load[0]": "success", "load[1]": "failed", "report": "upstream_failed"},
    "errors": {"load[1]": ERROR},
}


def test_state_is_that_of_the_run_and_called_that_of_a_task() -> None:
    run = make(**FAILED)
    assert run.state == "failed"
    assert run.state("extract") == "success"
    assert run.state("load", 1) == "failed"
    assert make().state("load") == "success"


def test_the_state_of_a_mapped_task_whose_instances_differ_needs_an_index() -> None:
    with pytest.raises(UsageError, match=r"say which map_index"):
        make(**FAILED).state("load")


@pytest.mark.parametrize(
    ("task_id", "map_index", "message"),
    [("lod", None, "did you mean 'load'"), ("load", 7, "none of the instances"), ("extract", 0, "it is not mapped")],
)
def test_an_instance_that_there_is_not_is_refused(task_id: str, map_index: int | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make().state(task_id, map_index)


def test_an_unknown_task_is_a_key_error_too() -> None:
    with pytest.raises(UnknownIdError):
        make().xcom("lod")


def test_a_run_in_which_a_task_succeeded_is_a_success() -> None:
    assert make().success
    assert make().vacuous is None


def test_a_failed_run_says_which_task_raised_what_and_where() -> None:
    verdict = make(**FAILED).success
    assert not verdict
    assert repr(verdict) == "False: load[1] failed: ValueError: bad row (dags/orders.py:12)"


def test_a_run_in_which_nothing_succeeded_is_no_success() -> None:
    run = make(states=dict.fromkeys(("extract", "load", "report"), "skipped"))
    assert run.state == "success"
    assert not run.success
    assert run.vacuous == "no task succeeded (3 skipped)"


def test_a_reason_fits_into_what_pytest_shows_of_an_assertion() -> None:
    error = TaskError(type="ValueError", message="x" * 500)
    assert len(repr(make(**{**FAILED, "errors": {"load[1]": error}}).success)) <= 240


def test_a_deadlock_names_who_waits() -> None:
    states = {"extract": "removed", "load": None, "report": None}
    run = make(run_state="failed", reason="all_tasks_deadlocked", states=states)
    assert repr(run.success) == "False: deadlock: load, report can never run"


def test_the_explanation_draws_the_graph_and_shows_the_first_error() -> None:
    lines = make(**FAILED, skipped_by={"report": "none_failed"}).explain().splitlines()
    assert lines[0] == "orders, 2024-02-29 00:00 UTC: failed (task_failure)"
    assert lines[2].split() == ["extract", "success"]
    assert "1 success, 1 failed" in lines[3]
    assert lines[4].split(maxsplit=2) == ["report", "upstream_failed", "after load; none_failed; by none_failed"]
    assert "load[1]: ValueError: bad row (dags/orders.py:12)" in lines


def test_the_xcom_of_a_mapped_task_is_a_list_in_the_order_of_its_instances() -> None:
    run = make(xcoms={"extract": {"return_value": 5, "rows": 7}, "load[0]": {"return_value": "a"}})
    assert run.xcom("extract") == 5
    assert run.xcom("extract", key="rows") == 7
    assert run.xcom("load") == ["a"]
    assert run.xcom("load", 0) == "a"
    assert run.xcom("report") is None
