from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import Any
from unittest.mock import ANY

import pytest
from made_dags import dag

from dagcheck.assertions import assert_group, assert_task, assert_tasks
from dagcheck.errors import UnknownIdError, UsageError

LOAD = {
    "file": "dags/orders.py", "line": 41, "operator": "BigQueryInsertJobOperator", "retries": 3, "retry_delay": 300.0,
    "pool": "bq", "trigger_rule": "none_failed", "mapped": True, "outlets": ("s3://sales", "sales"),
}  # fmt: skip
ORDERS = dag("extract >> [customers.extract, customers.tidy.load] >> load", groups=("customers", "customers.tidy"),
             tasks={"load": LOAD})  # fmt: skip


class Rule(str, Enum):
    """As Airflow's TriggerRule."""

    NONE_FAILED = "none_failed"


def failure(assertion: Callable[..., None], *arguments: object, **options: object) -> str:
    with pytest.raises(AssertionError) as caught:
        assertion(*arguments, **options)
    return str(caught.value)


def test_the_tasks_are_all_tasks() -> None:
    assert_tasks(ORDERS, {"extract", "customers.extract", "customers.tidy.load", "load"})


def test_some_tasks_are_enough_where_that_is_said() -> None:
    assert_tasks(ORDERS, ["extract", "load"], partial=True)


def test_missing_and_surplus_tasks_are_told() -> None:
    told = failure(assert_tasks, ORDERS, ["extract", "customers.extract", "lod", "customers.tidy.load"])
    assert (
        told
        == """\
dags/orders.py:7: orders: the tasks are not the expected ones
  difference:
    - lod  (expected, not found; there is 'load')
    + load  (not expected)"""
    )


def test_a_missing_task_fails_although_others_are_allowed() -> None:
    assert "- zebra  (expected, not found)" in failure(assert_tasks, ORDERS, ["zebra"], partial=True)


@pytest.mark.parametrize(
    "expected",
    [
        {"customers.extract", "customers.tidy.load"},
        {"extract", "tidy.load"},
        {"extract", "tidy"},
        {"customers.extract", "customers.tidy"},
    ],
)
def test_a_group_holds_its_tasks_and_those_of_groups_inside(expected: set[str]) -> None:
    assert_group(ORDERS, "customers", expected)


def test_a_group_whose_tasks_have_no_prefix_holds_them_too() -> None:
    made = dag("a >> b >> c", groups=("plain",), tasks={"a": {"group": "plain"}, "b": {"group": "plain"}})
    assert_group(made, "plain", {"a", "b"})
    assert "- c  (expected, not found; it is in another place)" in failure(assert_group, made, "plain", {"a", "b", "c"})


def test_missing_and_surplus_tasks_of_a_group_are_told() -> None:
    told = failure(assert_group, ORDERS, "customers", {"extract", "load"})
    assert (
        told
        == """\
dags/orders.py:7: orders: the tasks of group 'customers' are not the expected ones
  difference:
    - load  (expected, not found; it is in another place)
    + customers.tidy.load  (not expected)"""
    )
    assert "not found" in failure(assert_group, ORDERS, "customers", {"zebra"}, partial=True)
    assert_group(ORDERS, "customers", {"extract"}, partial=True)


def test_an_unknown_group_is_a_mistake_of_the_test() -> None:
    with pytest.raises(UnknownIdError, match="unknown group 'custmers'; did you mean 'customers'"):
        assert_group(ORDERS, "custmers", {"extract"})


@pytest.mark.parametrize(
    "attributes",
    [
        {"retries": 3, "pool": "bq", "retry_delay": timedelta(minutes=5)},
        {"retry_delay": 300},
        {"trigger_rule": Rule.NONE_FAILED},
        {"trigger_rule": "none_failed"},
        {"operator": "BigQueryInsertJobOperator"},
        {"operator": type("BigQueryInsertJobOperator", (), {})},
        {"upstream": ["customers.tidy.load", "customers.extract"], "downstream": ()},
        {"mapped": True, "queue": "default", "execution_timeout": None},
        {"outlets": {"s3://sales", "sales"}},
        {"owner": ANY},
        {"retries": pytest.approx(3)},
    ],
)
def test_attributes_of_a_task(attributes: dict[str, Any]) -> None:
    assert_task(ORDERS, "load", **attributes)


def test_every_attribute_that_differs_is_told_at_the_tasks_line() -> None:
    told = failure(assert_task, ORDERS, "load", retries=2, pool="bq", retry_delay=timedelta(minutes=1), upstream={"a"})
    assert (
        told
        == """\
dags/orders.py:41: orders.load: the task is not as expected
  difference:
    retries: expected 2, found 3
    retry_delay: expected 0:01:00, found 0:05:00
    upstream: expected ['a'], found ['customers.extract', 'customers.tidy.load']"""
    )


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: assert_task(ORDERS, "lod", retries=3), "unknown task 'lod'; did you mean 'load'"),
        (lambda: assert_task(ORDERS, "customers", retries=3), "unknown task 'customers'"),
        (lambda: assert_task(ORDERS, "load", retires=3), "unknown attribute 'retires'; did you mean 'retries'"),
        (lambda: assert_task(ORDERS, "load", sql="SELECT 1"), "need the DAG object instead of its spec"),
        (lambda: assert_task(ORDERS, "load"), "nothing is expected"),
    ],
)
def test_what_cannot_be_meant_is_refused(call: Callable[[], None], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        call()
    assert told in str(caught.value)
