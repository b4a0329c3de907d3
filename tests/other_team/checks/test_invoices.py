from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from airflow.models import BaseOperator
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.assertions import (
    assert_asset_flow,
    assert_dependencies,
    assert_group,
    assert_order,
    assert_schedule,
    assert_task,
)
from dagcheck.dagbag import dag_named

if TYPE_CHECKING:
    from dagcheck.dagbag import DagBag


def test_every_file_imports(dagbag: DagBag, archive_bag: DagBag) -> None:
    assert dagbag.import_errors == archive_bag.import_errors == {}
    assert (dagbag.dag_ids, archive_bag.dag_ids) == (["invoices"], ["archive"])


def test_invoices_are_checked_before_they_are_sent(invoices: Any) -> None:
    assert_dependencies(invoices, "collect >> write >> check >> send")
    assert_order(invoices, "write", "send")


def test_every_currency_is_written(invoices: Any) -> None:
    assert_group(invoices, "write", {"eur", "usd"})
    assert_task(invoices, "write.eur", operator="InvoiceOperator", bucket="s3://billing-test", currency="eur")


@pytest.mark.dag("invoices")
def test_nothing_is_sent_twice(dag: Any) -> None:
    assert_task(dag, "send", retries=0)
    assert_task(dag, "collect", retries=2, retry_delay=timedelta(minutes=5), owner="billing")
    assert_schedule(dag, "0 6 * * 1-5", catchup=False)


def test_what_was_sent_is_archived(dagbag: DagBag, archive_bag: DagBag) -> None:
    assert_asset_flow(dagbag["invoices"], archive_bag["archive"], asset="s3://billing/sent")


def test_the_whole_dag(invoices: Any, dag_snapshot: Callable[..., None]) -> None:
    dag_snapshot(invoices)


@given(st.sampled_from(dag_named("invoices").task_ids))
def test_every_task_has_an_owner(task_id: str) -> None:
    assert_task("invoices", task_id, owner="billing")


def test_a_dag_of_the_test(dag_maker: Callable[..., Any]) -> None:
    with dag_maker("made") as made:
        BaseOperator(task_id="one") >> BaseOperator(task_id="two")
    with pytest.raises(AssertionError, match="the other way round"):
        assert_dependencies(made, "two >> one")
