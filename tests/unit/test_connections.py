from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from dagcheck.connections import connection_text, kind_of, variable_text


def test_a_uri_stays_as_it_is() -> None:
    assert connection_text("pg", "postgres://u:p%2F@h:5432/db?a=b") == "postgres://u:p%2F@h:5432/db?a=b"


def test_a_table_becomes_json_in_the_order_of_airflows_fields() -> None:
    table = {"extra": {"a": 1}, "host": "h", "conn_type": "http", "port": 80, "login": None}
    assert connection_text("web", table) == '{"conn_type": "http", "host": "h", "port": 80, "extra": {"a": 1}}'


def test_json_text_is_read_as_a_table() -> None:
    assert connection_text("web", ' {"host": "h", "port": "80"}') == '{"host": "h", "port": 80}'


def test_a_table_may_hold_only_a_uri() -> None:
    assert connection_text("web", {"conn_id": "web", "uri": "http://h"}) == "http://h"


def test_extra_dejson_is_extra() -> None:
    assert json.loads(connection_text("web", {"extra_dejson": {"a": 1}})) == {"extra": {"a": 1}}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("secret", "expected a URI such as"),
        ("{secret", "looks like JSON but is not"),
        (["secret"], "expected a URI or a table, got a list"),
        ({"hostname": "secret"}, "unknown field 'hostname'; did you mean 'host'? Valid: conn_type, "),
        ({"port": "secret"}, "port: expected a port number, got a string"),
        ({"port": True}, "port: expected a port number, got a boolean"),
        ({"login": 3}, "login: expected a string, got an integer"),
        ({"extra": 3}, "extra: expected a string or a table, got an integer"),
        ({"conn_id": "secret"}, "its conn_id is another than its key"),
        ({"uri": "http://secret", "host": "secret"}, "has both a uri and single fields"),
        ({"uri": "secret"}, "expected a URI such as"),
    ],
)
def test_what_is_no_connection_is_told_without_its_values(value: object, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}") as caught:
        connection_text("web", value)
    assert "secret" not in str(caught.value)


def test_variables_are_stored_as_airflow_stores_them() -> None:
    assert variable_text("{not json") == "{not json"
    assert variable_text(None) == "null"
    assert variable_text({"a": [1]}) == '{\n  "a": [\n    1\n  ]\n}'
    assert variable_text(dt.datetime(2024, 1, 31, tzinfo=dt.timezone.utc)) == "2024-01-31T00:00:00+00:00"
    assert variable_text([dt.date(2024, 1, 31)]) == '[\n  "2024-01-31"\n]'


@pytest.mark.parametrize(
    ("value", "kind"),
    [(True, "a boolean"), (1, "an integer"), (1.5, "a number"), ("", "a string"), ([], "a list"), ({}, "a table")],
)
def test_values_are_called_what_toml_calls_them(value: object, kind: str) -> None:
    assert kind_of(value) == kind
