"""Mapping: over parameters, over what a date decides, over what the run discovers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagcheck import Fails, Returns, run_dag
from dagcheck.assertions import assert_dependencies, assert_task
from dagcheck.strategies import scheduled_dates

if TYPE_CHECKING:
    from dagcheck.rundate import RunDate
    from dagcheck.running.result import Run

DAY = "2024-03-05"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.pattern("A1")
def test_regions_are_chosen_mapped_and_aggregated() -> None:
    assert_dependencies("mapped_regions", "choose_configs >> process_region >> aggregate")


@pytest.mark.pattern("A1")
def test_each_configuration_has_an_instance_and_the_aggregate_sees_all_in_order(
    same_with_airflow: Callable[..., Run],
) -> None:
    run = same_with_airflow("mapped_regions", DAY)
    assert run.success
    assert [one["region"] for one in run.xcom("choose_configs")] == ["eu-west", "us-east", "us-west"]
    results = run.xcom("process_region")
    assert [one["region"] for one in results] == ["eu-west", "us-east", "us-west"]
    assert run.xcom("aggregate") == {
        "regions": ["eu-west", "us-east", "us-west"],
        "orders": sum(one["orders"] for one in results),
        "cents": {one["region"]: one["cents"] for one in results},
    }


@pytest.mark.pattern("A1")
def test_every_sale_of_a_region_is_counted(run_dag: Callable[..., Run], module_of: Callable[[str], ModuleType]) -> None:
    import datetime

    orders = module_of("mapped_regions").orders_of(datetime.date(2024, 3, 5))
    (east,) = [one for one in run_dag("mapped_regions", DAY).xcom("process_region") if one["region"] == "us-east"]
    prices = {"chair": 4_900, "desk": 24_900, "lamp": 1_950, "shelf": 7_500}
    expected = [
        one["quantity"] * prices[one["product"]] - one["refund"] for one in orders if one["region"] == "us-east"
    ]
    assert (east["orders"], east["cents"]) == (len(expected), sum(expected))


@pytest.mark.pattern("A1")
def test_an_empty_list_skips_the_mapped_task_and_the_aggregate_tells_zero(
    same_with_airflow: Callable[..., Run],
) -> None:
    run = same_with_airflow("mapped_regions", DAY, params={"regions": []})
    assert run.states == {"choose_configs": "success", "process_region": "skipped", "aggregate": "success"}
    assert run.xcom("aggregate") == {"regions": [], "orders": 0, "cents": {}}


@pytest.mark.pattern("A1")
def test_one_region_that_fails_leaves_the_others_done_and_the_aggregate_undone(run_dag: Callable[..., Run]) -> None:
    run = run_dag("mapped_regions", DAY, outcomes={"process_region[1]": Fails(ConnectionError("down"))})
    assert [run.state("process_region", index) for index in range(3)] == ["success", "failed", "success"]
    assert [one.state for one in run.tries["process_region[1]"]] == ["up_for_retry", "up_for_retry", "failed"]
    assert (run.state("aggregate"), run.state) == ("upstream_failed", "failed")


@pytest.mark.pattern("A2")
@settings(max_examples=25, deadline=None)
@given(when=scheduled_dates("conditional_mapping", "2024-01-01", "2030-12-31"))
def test_all_four_markets_are_mapped_on_the_first_local_day_of_a_month_else_two(when: RunDate) -> None:
    assert when.logical_date is not None
    local = when.logical_date.astimezone(AMSTERDAM)
    run = run_dag("conditional_mapping", when)
    markets = ["ap-south", "eu-west", "us-east", "us-west"] if local.day == 1 else ["eu-west", "us-east"]
    assert run.xcom("choose_markets") == markets
    assert len(run.xcom("publish_prices")) == len(markets)
    assert run.xcom("confirm") == dict.fromkeys(markets, 4)


@pytest.mark.pattern("A2")
@pytest.mark.parametrize(("day", "count"), [("2024-02-01", 4), ("2024-01-31", 2), ("2024-03-31", 2), ("2024-04-01", 4)])
def test_the_first_is_the_first_in_amsterdam_where_utc_is_still_the_day_before(
    run_dag: Callable[..., Run], day: str, count: int
) -> None:
    assert len(run_dag("conditional_mapping", day).xcom("choose_markets")) == count


@pytest.mark.pattern("A2")
def test_prices_have_the_tax_of_their_market(same_with_airflow: Callable[..., Run]) -> None:
    run = same_with_airflow("conditional_mapping", "2024-05-01")
    by_market = dict(zip(run.xcom("choose_markets"), run.xcom("publish_prices"), strict=True))
    assert {market: prices["lamp"] for market, prices in by_market.items()} == {
        "ap-south": 2_301, "eu-west": 2_360, "us-east": 1_950, "us-west": 1_950,
    }  # fmt: skip


@pytest.mark.pattern("A2")
def test_a_market_without_prices_fails_the_confirmation_by_name(run_dag: Callable[..., Run]) -> None:
    run = run_dag("conditional_mapping", DAY, outcomes={"publish_prices[1]": Returns({})})
    assert run.state("confirm") == "failed"
    assert "us-east" in run.errors["confirm"].message


def _source(path: Path, tables: dict[str, int]) -> str:
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, rows in tables.items():
            quoted = '"' + name.replace('"', '""') + '"'
            connection.execute(f"CREATE TABLE {quoted} (number INTEGER)")
            connection.executemany(f"INSERT INTO {quoted} VALUES (?)", [(row,) for row in range(rows)])  # noqa: S608
    return str(path)


@pytest.mark.pattern("C3")
def test_tables_are_discovered_copied_and_added_up() -> None:
    assert_dependencies(
        "discovered_tables", "snapshot >> discover_tables >> copy_table >> total; snapshot >> copy_table"
    )
    assert_task("discovered_tables", "total", trigger_rule="none_failed")


@pytest.mark.pattern("C3")
def test_the_totals_are_those_of_the_order_system(same_with_airflow: Callable[..., Run], store: Path) -> None:
    run = same_with_airflow("discovered_tables", DAY)
    assert run.xcom("discover_tables") == ["orders", "products", "refunds"]
    counts = {one["table"]: one["rows"] for one in run.xcom("copy_table")}
    with closing(sqlite3.connect(store / "warehouse.sqlite")) as warehouse:
        found = {name: warehouse.execute(f"SELECT count(*) FROM landing_{name}").fetchone()[0] for name in counts}  # noqa: S608
    assert counts == found
    assert counts["products"] == 4
    assert run.xcom("total") == {"tables": 3, "rows": sum(counts.values())}


@pytest.mark.pattern("C3")
@settings(max_examples=12, deadline=None)
@given(
    tables=st.dictionaries(
        st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
            lambda name: not name.lower().startswith("sqlite_")
        ),
        st.integers(0, 20),
        max_size=4,
    ).filter(lambda tables: len({name.lower() for name in tables}) == len(tables))
)
def test_any_tables_are_copied_whatever_their_names(
    tables: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("store")
    outcomes = {"snapshot": Returns(_source(folder / "source.sqlite", tables))}
    run = run_dag("discovered_tables", DAY, outcomes=outcomes, variables={"reference_store": str(folder)})
    assert run.run_state == "success"
    assert run.xcom("total") == {"tables": len(tables), "rows": sum(tables.values())}
    assert run.xcom("discover_tables") == sorted(tables)


@pytest.mark.pattern("C3")
def test_a_source_without_tables_is_told_as_zero(run_dag: Callable[..., Run], store: Path) -> None:
    run = run_dag("discovered_tables", DAY, outcomes={"snapshot": Returns(_source(store / "empty.sqlite", {}))})
    assert (run.state("copy_table"), run.xcom("total")) == ("skipped", {"tables": 0, "rows": 0})


@pytest.mark.pattern("C3")
def test_a_source_that_is_gone_fails_the_discovery(run_dag: Callable[..., Run], store: Path) -> None:
    run = run_dag("discovered_tables", DAY, outcomes={"snapshot": Returns(str(store / "gone.sqlite"))})
    assert (run.state("discover_tables"), run.errors["discover_tables"].type) == ("failed", "FileNotFoundError")
    assert run.state("total") == "upstream_failed"


@pytest.mark.pattern("C3")
def test_a_second_run_replaces_what_the_first_copied(run_dag: Callable[..., Run], store: Path) -> None:
    more, fewer = _source(store / "more.sqlite", {"orders": 9}), _source(store / "fewer.sqlite", {"orders": 2})
    for source in (more, fewer):
        run_dag("discovered_tables", DAY, outcomes={"snapshot": Returns(source)})
    with closing(sqlite3.connect(store / "warehouse.sqlite")) as warehouse:
        assert warehouse.execute("SELECT count(*) FROM landing_orders").fetchone() == (2,)


@pytest.mark.pattern("C3")
def test_a_copy_that_breaks_midway_leaves_the_table_as_it_was(
    run_dag: Callable[..., Run], store: Path, module_of: Callable[[str], ModuleType], monkeypatch: Any
) -> None:
    run_dag("discovered_tables", DAY, outcomes={"snapshot": Returns(_source(store / "whole.sqlite", {"orders": 9}))})
    module = module_of("discovered_tables")
    monkeypatch.setattr(module, "quoted", lambda name: '"gone"' if name == "orders" else f'"{name}"')
    broken = {"snapshot": Returns(str(store / "whole.sqlite"))}
    assert run_dag("discovered_tables", DAY, outcomes=broken).state("copy_table") == "failed"
    with closing(sqlite3.connect(store / "warehouse.sqlite")) as warehouse:
        assert warehouse.execute("SELECT count(*) FROM landing_orders").fetchone() == (9,)
