"""The test's side of the mock."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from dagcheck.errors import UsageError
from dagcheck.hooks.answers import UnusedAnswerError
from dagcheck.hooks.bigquery.answers import QueryResult, as_result
from dagcheck.hooks.bigquery.mock import MockBigQuery, ServiceError
from dagcheck.hooks.bigquery.statements import statement_type

if TYPE_CHECKING:
    from tests.unit.hooks.bigquery_api.conftest import Client


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("-- all\nSELECT 1", "SELECT"),
        ("/* c */ (SELECT 1)", "SELECT"),
        ("with a as (select 1) select * from a", "SELECT"),
        ("create or replace table d.t as select 1", "CREATE_TABLE_AS_SELECT"),
        ("CREATE TABLE IF NOT EXISTS d.t (a INT64)", "CREATE_TABLE"),
        ("CREATE VIEW d.v AS SELECT 1", "CREATE_VIEW"),
        ("DROP TABLE d.t", "DROP_TABLE"),
        ("MERGE d.t USING d.s ON true WHEN MATCHED THEN DELETE", "MERGE"),
        ("TRUNCATE TABLE d.t", "TRUNCATE_TABLE"),
        ("DECLARE x INT64; SELECT x", "SCRIPT"),
    ],
)
def test_the_kind_of_a_statement(sql: str, kind: str) -> None:
    assert statement_type(sql) == kind


def test_columns_have_the_types_of_their_values() -> None:
    row = {"i": 1, "f": 1.5, "n": Decimal(1), "b": True, "s": "x", "y": b"x", "d": dt.date(2024, 1, 1), "t": dt.time(1),
           "r": {"a": [1]}, "l": ["x"], "z": None, "u": dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)}  # fmt: skip
    fields = {field.name: field for field in as_result([row], "SELECT 1").fields}
    assert {name: field.type for name, field in fields.items()} == {
        "i": "INTEGER", "f": "FLOAT", "n": "NUMERIC", "b": "BOOLEAN", "s": "STRING", "y": "BYTES", "d": "DATE",
        "t": "TIME", "r": "RECORD", "l": "STRING", "z": "STRING", "u": "TIMESTAMP",
    }  # fmt: skip
    assert (fields["l"].mode, fields["r"].fields[0].mode, fields["i"].mode) == ("REPEATED", "REPEATED", "NULLABLE")


def test_a_value_may_be_written_as_the_api_has_it_where_the_schema_tells_its_type() -> None:
    result = as_result(
        QueryResult(rows=[["2024-01-01 UTC", "1"]], schema={"at": "TIMESTAMP", "n": "INT64"}), "SELECT 1"
    )
    assert result.rows == ((dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc), 1),)


def test_sequences_get_the_names_that_bigquery_gives() -> None:
    assert [field.name for field in as_result([(1, "a")], "SELECT 1, 'a'").fields] == ["f0_", "f1_"]
    named = as_result(QueryResult(rows=[(1, ["a"])], schema={"id": "INT64", "tags": "ARRAY<STRING>"}), "SELECT 1")
    assert [(field.name, field.mode) for field in named.fields] == [("id", "NULLABLE"), ("tags", "REPEATED")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("rows", "an answer is rows, a QueryResult, a number of changed rows or an error, not 'rows'"),
        ([1], "a row is a mapping or a sequence, not 1"),
        ([{"a": 1}, {"a": "x"}], "column 'a' has values of several types: INTEGER, STRING; give a schema"),
        ([{"a": object}], "column 'a': BigQuery has no type for object"),
        ([{"a": 2**63}], "is no INT64"),
        (QueryResult(rows=[(1, 2)], schema={"a": "INT64"}), "the schema has 1 columns, but the row (1, 2) has 2"),
        (QueryResult(schema={"a": "INTT64"}), "did you mean 'INT64'?"),
        (QueryResult(rows=[{"b": 1}], schema={"a": "INT64"}), "does not take a row: no such field: b."),
        (QueryResult(rows=[["x"]], schema={"a": "DATE"}), "does not take a row: Cannot convert value to date"),
    ],
)
def test_an_answer_that_cannot_be_one_is_the_tests_own_mistake(given: object, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        as_result(given, "SELECT 1")


def test_the_tests_own_mistake_is_told_when_the_block_ends_too(client: Client) -> None:
    client.mock.answer("SELECT 1", "one")
    client.raw("POST", "queries", {"query": "SELECT 1"}, None)
    with pytest.raises(UsageError, match="an answer is rows"):
        client.mock.verify()


def test_what_goes_wrong_in_the_tests_own_function_is_told_when_the_block_ends_too(client: Client) -> None:
    client.mock.answer("SELECT 1", lambda _, parameters: parameters["day"])
    status, body = client.raw("POST", "queries", {"query": "SELECT 1"}, None)
    assert (status, body["error"]["message"][:33]) == (400, "mock_bigquery failed: TypeError: ")
    with pytest.raises(TypeError):
        client.mock.verify()


def test_a_method_of_the_api_can_fail_for_a_while(client: Client) -> None:
    client.mock.seed("shop.orders", [{"id": 1}])
    client.mock.fail("tables.get", ServiceError("rateLimitExceeded", "slow down"), times=1, table="orders")
    assert client.refused("GET", "datasets/shop/tables/orders") == (403, "rateLimitExceeded", "slow down")
    assert client.ask("GET", "datasets/shop/tables/orders")["id"] == "test-project:shop.orders"
    with pytest.raises(UsageError, match=r"unknown method of BigQuery's API 'table\.get'; did you mean 'tables\.get'"):
        client.mock.fail("table.get", ServiceError("backendError"))


def test_what_was_asked_can_be_asserted(client: Client) -> None:
    client.mock.answer(re.compile("SELECT"), [])
    for sql in ("SELECT 1", "SELECT 2"):
        client.ask("POST", "queries", {"query": sql})
    client.mock.assert_queried("select  1")
    client.mock.assert_not_queried(re.compile("DELETE"))
    assert client.mock.queries == ["SELECT 1", "SELECT 2"]
    with pytest.raises(AssertionError, match=r"(?s)'SELECT 3' was run 0 times; the statements were:\n  SELECT 1"):
        client.mock.assert_queried("SELECT 3")
    with pytest.raises(AssertionError, match="BigQuery ran 'SELECT 1'"):
        client.mock.assert_not_queried()


def test_answers_that_nothing_asked_for_can_be_an_error(client: Client) -> None:
    client.mock.answer("SELECT 1", [])
    with pytest.raises(UnusedAnswerError, match="SELECT 1"):
        client.mock.assert_all_used()


def test_rows_are_compared_in_any_order_and_the_difference_told(client: Client) -> None:
    client.mock.seed("shop.orders", [{"id": 1}, {"id": 1}, {"id": 2}])
    client.mock.assert_rows("shop.orders", [{"id": 2}, {"id": 1}, {"id": 1}])
    with pytest.raises(AssertionError) as caught:
        client.mock.assert_rows("shop.orders", [{"id": 1}, {"id": 3}, {"id": 2}])
    assert str(caught.value) == "the table 'shop.orders' has other rows:\n  missing: {'id': 3}\n  too much: {'id': 1}"


def test_a_table_is_found_by_its_name_or_told_with_the_nearest(client: Client) -> None:
    client.mock.seed("shop.orders", [{"id": 1}]).seed("other-project.shop.orders", [{"id": 2}])
    assert client.mock.tables == {"shop.orders": [{"id": 1}], "other-project.shop.orders": [{"id": 2}]}
    with pytest.raises(UsageError, match=r"unknown table 'shop\.order'; did you mean 'shop\.orders'"):
        client.mock.rows("shop.order")
    with pytest.raises(UsageError, match=r"'orders' is not of the form dataset\.table or project\.dataset\.table"):
        client.mock.seed("orders", [{"id": 1}])
    with pytest.raises(UsageError, match="would have no column"):
        client.mock.seed("shop.empty")


def test_without_an_engine_the_test_cannot_query() -> None:
    with pytest.raises(UsageError, match="the tier fake runs no SQL"):
        MockBigQuery("fake").query("SELECT 1")


def test_what_statements_create_is_seen_by_the_api_too() -> None:
    mock = MockBigQuery("embedded")
    for sql in (
        "CREATE SCHEMA fresh",
        "CREATE SCHEMA IF NOT EXISTS `test-project.fresh`",
        "CREATE TABLE fresh.t (a INT64)",
    ):
        mock.query(sql)
    assert mock.tables == {"fresh.t": []}
    mock.query("DROP SCHEMA fresh CASCADE")
    assert mock.tables == {}


def test_an_exception_of_googles_library_is_sent_as_what_it_is(client: Client) -> None:
    class Forbidden(Exception):  # noqa: N818 -- google.api_core's name
        code = 403
        message = "no access"
        errors = ({"reason": "accessDenied"},)

    client.mock.answer("SELECT 1", Forbidden())
    assert client.refused("POST", "queries", {"query": "SELECT 1"}) == (403, "accessDenied", "no access")

    def raising(_sql: str, _parameters: object) -> None:
        raise Forbidden

    client.mock.answer("SELECT 2", raising)
    assert client.refused("POST", "queries", {"query": "SELECT 2"}) == (403, "accessDenied", "no access")
