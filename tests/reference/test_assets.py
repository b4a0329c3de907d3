"""Three DAGs that start each other through assets: the graph between them, and the events that run along it."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck.assertions import assert_asset_flow, assert_schedule, assert_tasks
from dagcheck.rundate import RunDate

if TYPE_CHECKING:
    from dagcheck.dagbag import DagBag
    from dagcheck.running.result import Run

RunDag = Callable[..., "Run"]
pytestmark = pytest.mark.pattern("A3")
DAY = "2024-01-31"
RAW, CLEAN = "x-shop://store/raw_orders", "x-shop://store/clean_orders"
CHAIN = ("orders_producer", "orders_processor", "orders_consumer")
UTC = datetime.timezone.utc


@pytest.fixture
def store(tmp_path: Path, airflow_variables: Any) -> Path:
    airflow_variables.set(reference_store=str(tmp_path))
    return tmp_path


def started_by_an_event(hour: int = 1) -> RunDate:
    """The run of a DAG that an asset's event starts, at the time of that event."""
    when = datetime.datetime(2024, 2, 1, hour, tzinfo=UTC)
    return RunDate(logical_date=when, data_interval=(when, when), run_after=when, run_type="asset_triggered")


def orders_in(store: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store / "warehouse.sqlite")) as connection:
        return connection.execute("SELECT order_id, day, cents FROM orders ORDER BY order_id").fetchall()


def test_each_dag_is_started_by_the_one_before() -> None:
    assert_asset_flow("orders_producer", "orders_processor", asset=RAW)
    assert_asset_flow("orders_processor", "orders_consumer", asset=CLEAN)
    assert_schedule("orders_processor", [RAW])
    assert_schedule("orders_consumer", [CLEAN])
    assert_tasks("orders_consumer", {"load_to_warehouse"})


def test_no_asset_is_an_orphan_and_none_leads_back(dagbag: DagBag) -> None:
    """Of the whole folder, the checks asset-source and asset-cycle say the same."""
    specs = [dagbag.specs[dag_id] for dag_id in CHAIN]
    waited_for = {asset for spec in specs for asset in spec.assets}
    made = {outlet for spec in specs for task in spec.tasks for outlet in task.outlets}
    assert waited_for == made == {RAW, CLEAN}
    assert [spec.assets for spec in specs] == [(), (RAW,), (CLEAN,)]


def test_a_run_emits_the_event_that_the_next_dag_waits_for(store: Path, run_dag: RunDag, dagbag: DagBag) -> None:
    assert store.is_dir()
    when: list[Any] = [DAY, started_by_an_event(1), started_by_an_event(2)]
    waiting = [*(dagbag.specs[dag_id].assets for dag_id in CHAIN[1:]), ()]
    for number, dag_id in enumerate(CHAIN):
        run = run_dag(dag_id, when[number])
        assert run.success
        assert tuple(event.uri for event in run.asset_events) == waiting[number]


def test_what_one_writes_the_next_processes_down_to_the_warehouse(store: Path, run_dag: RunDag) -> None:
    raw = run_dag("orders_producer", DAY)
    clean = run_dag("orders_processor", started_by_an_event(1))
    loaded = run_dag("orders_consumer", started_by_an_event(2))
    assert raw.xcom("extract_raw") == f"{DAY}.json"
    assert clean.xcom("transform_data") == [f"{DAY}.json"]
    rows = orders_in(store)
    assert len(rows) == loaded.xcom("load_to_warehouse") > 0
    assert {day for _, day, _ in rows} == {DAY}


def test_a_failed_producer_emits_nothing(run_dag: RunDag, store: Path) -> None:
    (store / "raw_orders").write_text("a file where the folder should be", encoding="utf-8")
    run = run_dag("orders_producer", DAY)
    assert run.run_state == "failed"
    assert run.asset_events == ()


def test_days_whose_event_was_missed_are_processed_with_the_next_one(store: Path, run_dag: RunDag) -> None:
    for day in ("2024-01-29", "2024-01-30", DAY):  # while the processor was paused
        assert run_dag("orders_producer", day).success
    assert len(run_dag("orders_processor", started_by_an_event(1)).xcom("transform_data")) == 3
    run_dag("orders_consumer", started_by_an_event(2))
    assert len({day for _, day, _ in orders_in(store)}) == 3


def test_a_second_event_for_the_same_data_changes_nothing(store: Path, run_dag: RunDag) -> None:
    run_dag("orders_producer", DAY)
    run_dag("orders_processor", started_by_an_event(1))
    run_dag("orders_consumer", started_by_an_event(2))
    before = orders_in(store)
    assert run_dag("orders_consumer", started_by_an_event(3)).success
    assert orders_in(store) == before


def test_each_dag_runs_the_same_in_airflow(store: Path, same_with_airflow: RunDag) -> None:
    assert store.is_dir()
    assert same_with_airflow("orders_producer", DAY).success
    assert same_with_airflow("orders_processor", started_by_an_event(1)).success
    assert same_with_airflow("orders_consumer", started_by_an_event(2)).success
