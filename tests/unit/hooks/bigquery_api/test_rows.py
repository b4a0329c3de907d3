"""Rows over the API: streamed in, listed page by page; and their form on the wire."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.errors import UsageError
from dagcheck.hooks.bigquery.api.values import WrongValueError, row_from_api, row_to_api, value_from_api
from dagcheck.hooks.bigquery.results import Field

if TYPE_CHECKING:
    from tests.unit.hooks.bigquery_api.conftest import Client

INSERT = "datasets/shop/tables/orders/insertAll"
UTC = dt.timezone.utc


def _insert(client: Client, *rows: Any, **more: Any) -> list[dict[str, Any]]:
    answer = client.ask("POST", INSERT, {"rows": [{"json": row} for row in rows], **more})
    found: list[dict[str, Any]] = answer.get("insertErrors", [])
    return found


@pytest.fixture
def orders(client: Client) -> Client:
    schema = [
        {"name": "id", "type": "INTEGER", "mode": "REQUIRED"},
        {"name": "tags", "type": "STRING", "mode": "REPEATED"},
        {"name": "buyer", "type": "RECORD", "fields": [{"name": "name", "type": "STRING"}]},
    ]
    client.mock.seed("shop.orders", schema=schema)
    return client


def test_good_rows_are_there(orders: Client) -> None:
    assert _insert(orders, {"id": 1, "tags": ["a"], "buyer": {"name": "Ann"}}, {"id": "2"}) == []
    assert orders.mock.rows("shop.orders") == [
        {"id": 1, "tags": ["a"], "buyer": {"name": "Ann"}}, {"id": 2, "tags": None, "buyer": None},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "location", "message"),
    [
        ({"id": "x"}, "id", "Cannot convert value to integer (bad value): x"),
        ({"id": 1.5}, "id", "Cannot convert value to integer (bad value): 1.5"),
        ({"tags": ["a"]}, "id", "Missing required field: id."),
        ({"id": 1, "colour": "red"}, "colour", "no such field: colour."),
        ({"id": [1]}, "id", "Array specified for non-repeated field: id."),
        ({"id": 1, "buyer": "Ann"}, "buyer", "This field: buyer is not a record."),
        ({"id": 1, "buyer": {"age": 3}}, "buyer.age", "no such field: buyer.age."),
        ({"id": 2**63}, "id", f"Cannot convert value to integer (bad value): {2**63}"),
    ],
)
def test_a_wrong_row_is_told_with_its_field_and_stops_the_others(
    orders: Client, row: dict[str, Any], location: str, message: str
) -> None:
    first, second = _insert(orders, {"id": 1}, row)
    assert first == {"index": 0, "errors": [{"reason": "stopped", "location": "", "debugInfo": "", "message": ""}]}
    assert second["errors"] == [{"reason": "invalid", "location": location, "debugInfo": "", "message": message}]
    assert orders.mock.rows("shop.orders") == []


def test_wrong_rows_and_unknown_values_may_be_left_out(orders: Client) -> None:
    assert [one["index"] for one in _insert(orders, {"id": "x"}, {"id": 2}, skipInvalidRows=True)] == [0]
    assert _insert(orders, {"id": 3, "colour": "red"}, ignoreUnknownValues=True) == []
    assert [row["id"] for row in orders.mock.rows("shop.orders")] == [2, 3]


def test_rows_come_page_by_page_and_of_the_selected_fields(orders: Client) -> None:
    orders.mock.seed("shop.orders", [{"id": number} for number in range(5)]).page_size(2)
    found: list[str] = []
    token: dict[str, Any] = {}
    for _ in range(3):
        page = orders.ask("GET", "datasets/shop/tables/orders/data", selectedFields="id", **token)
        assert page["totalRows"] == "5"
        found += [row["f"][0]["v"] for row in page["rows"]]
        token = {"pageToken": page.get("pageToken")}
    assert (found, token) == (["0", "1", "2", "3", "4"], {"pageToken": None})
    assert orders.ask("GET", "datasets/shop/tables/orders/data", startIndex=4)["rows"][0]["f"][0]["v"] == "4"
    assert orders.refused("GET", "datasets/shop/tables/orders/data", selectedFields="idd")[2] == "No such field: idd"


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("BOOLEAN", True, "true"),
        ("FLOAT", float("inf"), "Infinity"),
        ("FLOAT", 0.1, "0.1"),
        ("NUMERIC", Decimal("1E+3"), "1000"),
        ("BYTES", b"\x00\xff", "AP8="),
        ("DATE", dt.date(2024, 2, 29), "2024-02-29"),
        ("DATETIME", dt.datetime(2024, 1, 1, 12), "2024-01-01T12:00:00"),  # noqa: DTZ001 -- it has no zone
        ("TIMESTAMP", dt.datetime(1969, 12, 31, 23, 59, 59, 500000, UTC), "-500000"),
        ("JSON", '{"a": 1}', '{"a": 1}'),
        ("INTEGER", None, None),
    ],
)
def test_a_value_on_the_wire(kind: str, value: Any, text: str | None) -> None:
    assert row_to_api([Field(name="x", type=kind)], [value], "int64") == {"f": [{"v": text}]}


def test_a_timestamp_comes_in_the_form_that_is_asked_for() -> None:
    field, value = Field(name="x", type="TIMESTAMP"), dt.datetime(2024, 1, 1, 0, 0, 0, 250000, UTC)
    forms = [row_to_api([field], [value], form)["f"][0]["v"] for form in ("float", "int64", "iso")]
    assert forms == ["1704067200.250000", "1704067200250000", "2024-01-01T00:00:00.250000Z"]


@pytest.mark.parametrize(
    "text",
    ["2024-01-01T00:00:00.25Z", "2024-01-01 00:00:00.250 UTC", "2024-01-01 01:00:00.25+01:00", "1704067200.25"],
)
def test_a_timestamp_may_be_written_in_several_ways(text: str) -> None:
    found = value_from_api(Field(name="x", type="TIMESTAMP"), text)
    assert found == dt.datetime(2024, 1, 1, 0, 0, 0, 250000, UTC)


_VALUES = {
    "INTEGER": st.integers(-(2**63), 2**63 - 1),
    "FLOAT": st.floats(allow_nan=False),
    "BOOLEAN": st.booleans(),
    "STRING": st.text(),
    "BYTES": st.binary(),
    "NUMERIC": st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**20), max_value=10**20),
    "DATE": st.dates(),
    "DATETIME": st.datetimes(),
    "TIME": st.times(),
    "TIMESTAMP": st.datetimes(timezones=st.just(UTC)),
}


@given(st.data(), st.sampled_from(sorted(_VALUES)))
def test_what_goes_out_and_comes_in_again_is_the_same(data: st.DataObject, kind: str) -> None:
    value = data.draw(st.none() | _VALUES[kind])
    field = Field(name="x", type=kind)
    wire = row_to_api([field], [value], "iso")["f"][0]["v"]
    assert row_from_api([field], {"x": wire}) == {"x": value}
    assert row_from_api([field], {"x": value}) == {"x": value}


def test_a_seed_of_the_wrong_type_is_the_tests_own_mistake(orders: Client) -> None:
    with pytest.raises(UsageError, match=r"the table 'shop\.orders': Missing required field: id"):
        orders.mock.seed("shop.orders", [{"tags": []}])


def test_the_column_that_is_wrong_is_named_from_the_outside_in() -> None:
    field = Field(name="a", type="RECORD", mode="REPEATED", fields=(Field(name="b", type="DATE"),))
    with pytest.raises(WrongValueError) as caught:
        row_from_api([field], {"a": [{"b": "2024-02-30"}]})
    assert caught.value.location == "a.b"
