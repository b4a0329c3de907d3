from __future__ import annotations

from collections.abc import Callable

import pytest
from made_dags import dag

from dagcheck.assertions import assert_asset_flow, assert_triggers, assert_waits_for
from dagcheck.errors import UnknownIdError, UsageError
from dagcheck.spec import ExternalRef

SHOP = dag("extract >> tell >> clear", dag_id="shop", file="dags/shop.py", tasks={
    "extract": {"outlets": ("s3://raw", "raw")},
    "tell": {"triggers": (ExternalRef(dag_id="mail"),)},
    "clear": {"triggers": (ExternalRef(dag_id="reports", task_ids=("sum",)),)},
})  # fmt: skip
MAIL = dag("wait >> late >> send", dag_id="mail", assets=("s3://raw",), schedule="s3://raw", tasks={
    "wait": {"waits_for": (ExternalRef(dag_id="shop", task_ids=("extract", "tell")),)},
    "late": {"waits_for": (ExternalRef(dag_id="night"),)},
    "send": {"outlets": ("s3://sent",)},
})  # fmt: skip
ARCHIVE = dag("store", dag_id="archive", assets=("s3://sent",), schedule="s3://sent")


def failure(assertion: Callable[..., None], *arguments: object, **options: object) -> str:
    with pytest.raises(AssertionError) as caught:
        assertion(*arguments, **options)
    return str(caught.value)


def test_a_dag_triggers_another() -> None:
    assert_triggers(SHOP, "mail")
    assert_triggers(SHOP, MAIL, task_id="tell")


def test_a_dag_that_triggers_others_only_is_told() -> None:
    assert (
        failure(assert_triggers, SHOP, "archive")
        == """\
dags/shop.py:7: shop: does not trigger 'archive'
  found:
    tell triggers mail"""
    )
    assert "no task that triggers another DAG" in failure(assert_triggers, ARCHIVE, "mail")


def test_another_task_than_the_one_that_triggers_fails() -> None:
    failure(assert_triggers, SHOP, "mail", task_id="extract")


def test_a_marker_triggers_nothing() -> None:
    failure(assert_triggers, SHOP, "reports")


def test_a_dag_waits_for_another() -> None:
    assert_waits_for(MAIL, SHOP)
    assert_waits_for(MAIL, "shop", tasks=["extract"], task_id="wait")
    assert_waits_for(MAIL, "night", tasks="whatever")


def test_a_dag_that_waits_for_others_only_is_told() -> None:
    told = failure(assert_waits_for, MAIL, "shop", tasks="load")
    assert (
        told
        == """\
dags/orders.py:7: mail: does not wait for 'shop' (load)
  found:
    wait waits for shop (extract, tell)
    late waits for night"""
    )
    failure(assert_waits_for, MAIL, "shop", task_id="late")
    failure(assert_waits_for, SHOP, "mail")


def test_assets_flow_from_dag_to_dag() -> None:
    assert_asset_flow(SHOP, MAIL, ARCHIVE)
    assert_asset_flow(SHOP, MAIL, asset="s3://raw")


def test_a_flow_that_is_not_there_is_told_with_what_is() -> None:
    assert (
        failure(assert_asset_flow, SHOP, ARCHIVE)
        == """\
dags/orders.py:7: archive: is not started by shop
  shop writes:
    extract: raw, s3://raw
  archive is scheduled on:
    s3://sent"""
    )
    assert "nothing: no task has outlets" in failure(assert_asset_flow, ARCHIVE, SHOP)
    assert "no asset (None)" in failure(assert_asset_flow, MAIL, SHOP)
    assert "through 's3://sent' by shop" in failure(assert_asset_flow, SHOP, MAIL, asset="s3://sent")


def test_a_flow_needs_two_dags() -> None:
    with pytest.raises(UsageError, match="at least two"):
        assert_asset_flow(SHOP)
    with pytest.raises(UsageError, match="exactly two"):
        assert_asset_flow(SHOP, MAIL, ARCHIVE, asset="s3://raw")


def test_an_unknown_task_is_a_mistake_of_the_test() -> None:
    with pytest.raises(UnknownIdError, match="did you mean 'tell'"):
        assert_triggers(SHOP, "mail", task_id="tel")
    with pytest.raises(UnknownIdError, match="did you mean 'wait'"):
        assert_waits_for(MAIL, "shop", task_id="wat")
