"""The SubDAG, which only Airflow 2 has, and that a task group has the same structure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck import Fails, Succeeds
from dagcheck._airflow.versions import at_least
from dagcheck.assertions import assert_dependencies, assert_task

if TYPE_CHECKING:
    from dagcheck.running.result import Run

DAY = "2024-03-05"
IDS = {"legacy_subdag", "legacy_subdag.stocktaking"}
pytestmark = pytest.mark.pattern("C7")


if at_least(3, 0):

    def test_airflow_3_has_no_subdag_and_the_file_no_dag(dagbag: Any) -> None:
        assert IDS.isdisjoint(dagbag.dag_ids)
        assert not [file for file in dagbag.import_errors if "legacy" in file]

else:

    def test_the_subdag_is_a_dag_behind_a_task(dagbag: Any) -> None:
        assert set(dagbag.dag_ids) >= IDS
        assert_dependencies("legacy_subdag", "start >> stocktaking >> end")
        assert_task("legacy_subdag", "stocktaking", operator="SubDagOperator", mode="reschedule")

    def test_subdag_and_group_have_the_same_steps(dagbag: Any) -> None:
        group = {
            tuple(task_id.removeprefix("stocktaking.") for task_id in edge)
            for edge in dagbag.specs["group_instead_of_subdag"].edges()
        }
        subdag = set(dagbag.specs["legacy_subdag.stocktaking"].edges())
        assert subdag == {("collect", "count_sold"), ("collect", "count_returned")}
        assert subdag < group
        assert group - subdag == {
            ("start", "collect"), ("count_sold", "end"), ("count_returned", "end"),
        }  # fmt: skip

    def test_the_steps_of_the_subdag_run(same_with_airflow: Callable[..., Run], store: Path) -> None:
        run = same_with_airflow("legacy_subdag.stocktaking", DAY)
        assert run.success
        assert run.xcom("collect") == str(store / "stocktaking_2024-03-05.json")

    def test_what_follows_waits_for_the_whole_subdag(simulate: Callable[..., Run]) -> None:
        done = simulate("legacy_subdag", DAY, outcomes={"stocktaking": Succeeds()})
        assert done.states == dict.fromkeys(("start", "stocktaking", "end"), "success")
        failed = simulate("legacy_subdag", DAY, outcomes={"stocktaking": Fails()})
        assert failed.state("end") == "upstream_failed"
