"""Variables and Connections are read when tasks run, from wherever they are then."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from dagcheck.running.result import Run
    from dagcheck.stores import Connections, Variables

RunDag = Callable[..., "Run"]
pytestmark = pytest.mark.pattern("E8")
WEDNESDAY, THURSDAY = "2024-01-31", "2024-02-01"
API = {"shop_api": "https://user:secret@shop.example.com:8443/?path=v2/messages"}


@pytest.fixture
def variables(airflow_variables: Variables, airflow_connections: Connections) -> Variables:
    airflow_connections.set(API)
    airflow_variables.set(
        large_order_cents=49_800, large_order_receivers={"Wednesday": ["ada", "bo"], "default": ["cy"]}
    )
    return airflow_variables


def test_what_is_configured_decides(variables: Variables, same_with_airflow: RunDag) -> None:
    run = same_with_airflow("variables_and_connections", WEDNESDAY)
    assert run.success
    orders = run.xcom("large_orders")
    assert orders
    assert run.xcom("messages") == [
        {"url": "https://shop.example.com:8443/v2/messages", "to": to, "orders": orders} for to in ("ada", "bo")
    ]
    assert {"large_order_cents", "large_order_receivers"} <= set(variables.reads)


def test_a_changed_variable_counts_from_the_next_run_without_a_new_parse(variables: Variables, run_dag: RunDag) -> None:
    before = run_dag("variables_and_connections", WEDNESDAY).xcom("large_orders")
    variables.set(large_order_cents="74700")
    after = run_dag("variables_and_connections", WEDNESDAY).xcom("large_orders")
    assert set(after) < set(before)


def test_loading_the_file_reads_nothing(
    variables: Variables, airflow_connections: Connections, module_of: Callable[[str], ModuleType]
) -> None:
    file = module_of("variables_and_connections").__file__
    assert file is not None
    assert "messages" in runpy.run_path(file)  # once more, from top to bottom
    assert (variables.reads, airflow_connections.reads) == ([], [])


def test_another_weekday_has_other_receivers(variables: Variables, run_dag: RunDag) -> None:
    assert variables
    run = run_dag("variables_and_connections", THURSDAY)
    assert [message["to"] for message in run.xcom("messages")] == ["cy"]


def test_a_variable_that_has_a_default_may_be_missing(
    airflow_variables: Variables, airflow_connections: Connections, run_dag: RunDag
) -> None:
    airflow_variables.set(large_order_cents=1)
    airflow_connections.set(API)
    run = run_dag("variables_and_connections", WEDNESDAY)
    assert run.success
    assert run.xcom("messages") == []
    assert airflow_variables.missing == ["large_order_receivers"]


def test_a_variable_that_has_none_fails_the_task_that_needs_it(
    airflow_variables: Variables, airflow_connections: Connections, run_dag: RunDag
) -> None:
    airflow_connections.set(API)
    run = run_dag("variables_and_connections", WEDNESDAY)
    assert run.states == {"large_orders": "failed", "choose_receivers": "success", "messages": "upstream_failed"}
    assert "large_order_cents" in run.errors["large_orders"].message
    assert "large_order_cents" in airflow_variables.missing


def test_a_connection_that_nobody_made_fails_the_task_that_needs_it(
    variables: Variables, airflow_connections: Connections, run_dag: RunDag
) -> None:
    assert variables
    del airflow_connections["shop_api"]
    run = run_dag("variables_and_connections", WEDNESDAY)
    assert run.states == {"large_orders": "success", "choose_receivers": "success", "messages": "failed"}
    assert "shop_api" in run.errors["messages"].message


def test_no_password_is_in_what_is_rendered_handed_on_or_logged(variables: Variables, run_dag: RunDag) -> None:
    assert variables
    run = run_dag("variables_and_connections", WEDNESDAY)
    assert "49800" in f"{run.rendered}"  # the Variable's value is there, so a password's would be
    assert "secret" not in f"{run.rendered} {run.xcoms} {run.log}"
