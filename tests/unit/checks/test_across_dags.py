from __future__ import annotations

from dataclasses import replace

import pytest

from check_samples import SETTINGS, dag, task
from dagcheck.checks.assets import asset_cycle, asset_source
from dagcheck.checks.external_task import external_task
from dagcheck.checks.registry import Settings
from dagcheck.checks.trigger_target import trigger_target
from dagcheck.findings import Finding
from dagcheck.record import Failure, FileRecord
from dagcheck.spec import DagSpec, ExternalRef, TaskSpec

PARTIAL = replace(SETTINGS, complete=False)
LOAD = dag(task("extract", "load"), task("load"), dag_id="load_orders")


def records(*dags: DagSpec) -> list[FileRecord]:
    return [FileRecord(file=f"dags/{number}.py", dags=(one,)) for number, one in enumerate(dags)]


def sensor(dag_id: str, *task_ids: str) -> TaskSpec:
    return task("wait", waits_for=(ExternalRef(dag_id=dag_id, task_ids=task_ids),), line=8)


def trigger(dag_id: str, *task_ids: str) -> TaskSpec:
    return task("start", triggers=(ExternalRef(dag_id=dag_id, task_ids=task_ids),), line=8)


def waiting(dag_id: str, *task_ids: str, settings: Settings = SETTINGS) -> list[Finding]:
    return list(external_task(records(LOAD, dag(sensor(dag_id, *task_ids), dag_id="report")), settings))


def test_a_sensor_on_a_dag_that_is_there_is_right() -> None:
    assert waiting("load_orders") == waiting("load_orders", "load") == []


def test_a_sensor_on_a_dag_that_is_not_there_is_told_with_the_nearest() -> None:
    [finding] = waiting("load_order")
    assert finding.headline == (
        "dags/etl.py:8: report.wait: waits for the DAG load_order, which is not there [external-task]"
    )
    assert finding.fix.startswith("write load_orders if that was meant; if another repository has it, list load_order")


def test_a_sensor_on_a_task_that_is_not_there_is_told_with_the_nearest() -> None:
    [finding] = waiting("load_orders", "extract", "loads")
    assert finding.what == "waits for the task loads of load_orders, which has no such task"
    assert finding.fix == "write load if that was meant"


def test_a_task_is_looked_for_also_where_not_all_files_were_loaded() -> None:
    assert [finding.what for finding in waiting("load_orders", "loads", settings=PARTIAL)] == [
        "waits for the task loads of load_orders, which has no such task"
    ]


@pytest.mark.parametrize("pattern", ["sales_daily", "sales_*"])
def test_a_dag_that_is_declared_to_live_elsewhere_is_not_missed(pattern: str) -> None:
    assert waiting("sales_daily", settings=replace(SETTINGS, external_dags=(pattern,))) == []


@pytest.mark.parametrize("dag_id", ["{{ params.dag }}", "{% raw %}"])
def test_a_templated_id_is_left_alone(dag_id: str) -> None:
    assert waiting(dag_id) == []
    assert waiting("load_orders", dag_id) == []
    assert not list(trigger_target(records(dag(trigger(dag_id))), SETTINGS))


def test_a_marker_for_a_dag_that_is_not_there_clears_nothing() -> None:
    [finding] = external_task(records(dag(trigger("gone", "load"), dag_id="report")), SETTINGS)
    assert (finding.what, finding.why) == ("clears the DAG gone, which is not there", "clearing it has no effect")


def test_a_trigger_for_a_dag_that_is_not_there_is_told() -> None:
    found = records(LOAD, dag(trigger("load_order"), dag_id="report"))
    assert [finding.what for finding in trigger_target(found, SETTINGS)] == [
        "starts the DAG load_order, which is not there"
    ]


def test_a_trigger_for_a_dag_that_is_there_is_right() -> None:
    assert not list(trigger_target(records(LOAD, dag(trigger("load_orders"), dag_id="report")), SETTINGS))


def test_while_files_are_missing_or_failed_no_dag_is_said_to_be_nowhere() -> None:
    found = records(dag(trigger("gone"), sensor("gone"), dag_id="report", assets=("gone",)))
    failed = [*found, FileRecord(file="dags/broken.py", failure=Failure(kind="exception"))]
    for check in (trigger_target, external_task, asset_source):
        assert not list(check(found, PARTIAL))
        assert not list(check(failed, SETTINGS))
        assert list(check(found, SETTINGS))


def test_an_asset_that_nobody_produces_is_told_with_the_nearest() -> None:
    producer = dag(task("write", outlets=("s3://lake/orders",)), dag_id="producer")
    found = records(producer, dag(dag_id="right", assets=("s3://lake/orders",)),
                    dag(dag_id="wrong", assets=("s3://lake/order",)))  # fmt: skip
    [finding] = asset_source(found, SETTINGS)
    assert (finding.dag_id, finding.what) == ("wrong", "is scheduled on s3://lake/order, which no task produces")
    assert finding.fix.startswith("write s3://lake/orders if that was meant")


def test_a_watched_or_declared_asset_needs_no_task() -> None:
    spec = dag(assets=("queue", "s3://theirs/a"), watched=("queue",))
    assert not list(asset_source(records(spec), replace(SETTINGS, external_assets=("s3://theirs/*",))))


def test_dags_that_start_each_other_by_assets_are_told_with_the_whole_circle() -> None:
    first = dag(task("t", outlets=("x",)), dag_id="a", assets=("z",), file="dags/a.py")
    second = dag(task("t", outlets=("y",)), dag_id="b", assets=("x",), file="dags/b.py")
    third = dag(task("t", outlets=("z", "other")), dag_id="c", assets=("y", "x"), file="dags/c.py")
    [finding] = asset_cycle(records(third, second, first), SETTINGS)
    assert finding.what == "assets start the DAGs in a circle: a -> b -> c -> a"
    assert finding.proof == ("dags/a.py:3: a updates x", "dags/b.py:3: b updates y", "dags/c.py:3: c updates z")
    assert finding.fix == "take z from the outlets in c, or from the schedule of a"


def test_a_dag_that_updates_its_own_asset_starts_itself() -> None:
    [finding] = asset_cycle(records(dag(task("t", outlets=("x",)), assets=("x",))), SETTINGS)
    assert finding.what == "assets start the DAGs in a circle: etl -> etl"


def test_a_chain_of_assets_is_no_circle() -> None:
    found = records(
        dag(task("t", outlets=("x",)), dag_id="a"), dag(task("t", outlets=("y",)), dag_id="b", assets=("x",))
    )
    assert not list(asset_cycle(found, SETTINGS))
