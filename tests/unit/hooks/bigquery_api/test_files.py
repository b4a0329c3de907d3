"""Load, copy and extract jobs: files in, files out."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.hooks.bigquery_api.conftest import Client

TABLE = {"datasetId": "shop", "tableId": "orders"}
SCHEMA = {"fields": [{"name": "id", "type": "INTEGER"}, {"name": "name", "type": "STRING"}]}
JSON = "NEWLINE_DELIMITED_JSON"


@pytest.fixture
def shop(client: Client) -> Client:
    client.mock.dataset("shop")
    return client


def _load(client: Client, content: str | bytes, **settings: Any) -> dict[str, Any]:
    client.mock.objects["gs://in/orders"] = content.encode() if isinstance(content, str) else content
    status = client.job(load={"destinationTable": TABLE, "sourceUris": ["gs://in/orders"], **settings})["status"]
    found: dict[str, Any] = status.get("errorResult", {})
    return found


def test_csv_is_read_by_the_schema(shop: Client) -> None:
    assert _load(shop, 'id,name\n1,"ham, raw"\n,\n', schema=SCHEMA, skipLeadingRows=1) == {}
    assert shop.mock.rows("shop.orders") == [{"id": 1, "name": "ham, raw"}, {"id": None, "name": ""}]


def test_json_is_read_by_the_schema_of_the_table(shop: Client) -> None:
    shop.mock.seed("shop.orders", [{"id": 1, "name": "ham"}])
    assert _load(shop, '{"id": 2}\n\n{"name": "tea"}\n', sourceFormat=JSON) == {}
    assert shop.mock.rows("shop.orders")[1:] == [{"id": 2, "name": None}, {"id": None, "name": "tea"}]


def test_a_file_may_be_compressed_and_several_match_a_star(shop: Client) -> None:
    for part in "ab":
        shop.mock.objects[f"gs://in/{part}.csv"] = gzip.compress(f"1,{part}\n".encode())
    shop.job(load={"destinationTable": TABLE, "sourceUris": ["gs://in/*.csv"], "schema": SCHEMA})
    assert [row["name"] for row in shop.mock.rows("shop.orders")] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "settings", "reason", "said"),
    [
        ("x,ham\n", {"schema": SCHEMA}, "invalid", "Cannot convert value to integer (bad value): x Field: id"),
        ("1\n", {"schema": SCHEMA}, "invalid", "too few columns: 1, expected 2"),
        ("1,2,3\n", {"schema": SCHEMA}, "invalid", "too many columns: 3, expected 2"),
        ("1,2\n", {}, "invalid", "No schema specified on job or table."),
        ('{"id": 1', {"schema": SCHEMA, "sourceFormat": JSON}, "invalid", "Failed to parse JSON"),
        ('{"colour": 1}', {"schema": SCHEMA, "sourceFormat": JSON}, "invalid", "no such field: colour."),
        ("", {"schema": SCHEMA, "sourceFormat": "AVRO"}, "invalid", "mock_bigquery does not load AVRO"),
        ("", {"schema": SCHEMA, "sourceUris": ["gs://in/none"]}, "notFound", "Not found: URI gs://in/none"),
        ("a\n12:30\n", {"autodetect": True}, "invalid", "does not detect the type of '12:30'"),
        ('{"a": "12"}', {"autodetect": True, "sourceFormat": JSON}, "invalid", "does not detect the type of a"),
    ],
)
def test_what_does_not_fit_fails_the_job(
    shop: Client, content: str, settings: dict[str, Any], reason: str, said: str
) -> None:
    error = _load(shop, content, **settings)
    assert error["reason"] == reason
    assert said in error["message"]
    assert shop.mock.tables == {}


def test_some_bad_records_may_be_allowed(shop: Client) -> None:
    assert _load(shop, "1,a\nx,b\n3,c\n", schema=SCHEMA, maxBadRecords=1) == {}
    assert [row["id"] for row in shop.mock.rows("shop.orders")] == [1, 3]


def test_schemas_are_detected(shop: Client) -> None:
    assert _load(shop, "id,price,when,ok\n1,2.5,2024-01-01,true\n2,3,2024-02-01,false\n", autodetect=True) == {}
    found = shop.ask("GET", "datasets/shop/tables/orders")["schema"]["fields"]
    assert [(one["name"], one["type"]) for one in found] == [
        ("id", "INTEGER"), ("price", "FLOAT"), ("when", "DATE"), ("ok", "BOOLEAN"),
    ]  # fmt: skip
    row = '{"id": 1, "tags": ["a"], "buyer": {"name": "Ann"}}\n'
    assert _load(shop, row, autodetect=True, sourceFormat=JSON, writeDisposition="WRITE_TRUNCATE") == {}
    assert shop.mock.rows("shop.orders") == [{"id": 1, "tags": ["a"], "buyer": {"name": "Ann"}}]


def test_a_file_of_texts_alone_has_no_header_that_could_be_told_from_its_rows(shop: Client) -> None:
    assert _load(shop, "name,city\nAnn,Rome\n", autodetect=True) == {}
    assert shop.mock.rows("shop.orders")[0] == {"string_field_0": "name", "string_field_1": "city"}


def _multipart(job: dict[str, Any], data: bytes) -> tuple[bytes, dict[str, str]]:
    parts = [b"", b"\r\ncontent-type: application/json\r\n\r\n" + json.dumps(job).encode() + b"\r\n",
             b"\r\ncontent-type: */*\r\n\r\n" + data + b"\r\n", b"--"]  # fmt: skip
    return b"--limit".join(parts), {"content-type": 'multipart/related; boundary="limit"'}


def test_data_may_come_with_the_job(shop: Client) -> None:
    job = {"configuration": {"load": {"destinationTable": TABLE, "schema": SCHEMA}}}
    content, headers = _multipart(job, b"1,a\r\n2,b\r\n")
    target = "/upload/bigquery/v2/projects/test-project/jobs?uploadType=multipart"
    assert shop.mock.api.answer("POST", target, headers, content).status == 200
    assert [row["name"] for row in shop.mock.rows("shop.orders")] == ["a", "b"]


def test_data_may_come_in_pieces(shop: Client) -> None:
    job = {"configuration": {"load": {"destinationTable": TABLE, "schema": SCHEMA}}}
    target = "/upload/bigquery/v2/projects/test-project/jobs?uploadType=resumable"
    begun = shop.mock.api.answer("POST", target, {"Host": "127.0.0.1:1"}, json.dumps(job).encode())
    path = begun.headers["Location"].removeprefix("http://127.0.0.1:1")
    first = shop.mock.api.answer("PUT", path, {"Content-Range": "bytes 0-3/*"}, b"1,a\n")
    assert (first.status, first.headers["Range"]) == (308, "bytes=0-3")
    assert shop.mock.api.answer("PUT", path, {"Content-Range": "bytes 4-7/8"}, b"2,b\n").status == 200
    assert [row["name"] for row in shop.mock.rows("shop.orders")] == ["a", "b"]


def test_a_copy_has_the_rows_of_all_its_sources(shop: Client) -> None:
    shop.mock.seed("shop.a", [{"x": 1}]).seed("shop.b", [{"x": 2}]).seed("shop.c", [{"y": 2}])
    sources = [{"datasetId": "shop", "tableId": name} for name in "abc"]
    assert "errorResult" not in shop.job(copy={"sourceTables": sources[:2], "destinationTable": TABLE})["status"]
    shop.mock.assert_rows("shop.orders", [{"x": 2}, {"x": 1}])
    again = shop.job(copy={"sourceTable": sources[0], "destinationTable": TABLE})["status"]
    assert again["errorResult"]["reason"] == "duplicate"
    mixed = {"sourceTables": sources, "destinationTable": {**TABLE, "tableId": "mixed"}}
    assert "different schemas" in shop.job(copy=mixed)["status"]["errorResult"]["message"]


@pytest.mark.parametrize(
    ("settings", "content"),
    [
        ({}, b'id,name\n1,"a,b"\n2,\n'),
        ({"printHeader": False, "fieldDelimiter": "tab"}, b"1\ta,b\n2\t\n"),
        ({"destinationFormat": JSON}, b'{"id":"1","name":"a,b"}\n{"id":"2"}\n'),
    ],
)
def test_a_table_is_extracted(shop: Client, settings: dict[str, Any], content: bytes) -> None:
    shop.mock.seed("shop.orders", [{"id": 1, "name": "a,b"}, {"id": 2}])
    shop.job(extract={"sourceTable": TABLE, "destinationUris": ["gs://out/x-*"], **settings})
    assert shop.mock.objects == {"gs://out/x-000000000000": content}


def test_nested_columns_do_not_go_into_csv(shop: Client) -> None:
    shop.mock.seed("shop.orders", [{"tags": ["a"]}])
    error = shop.job(extract={"sourceTable": TABLE, "destinationUris": ["gs://out/x"]})["status"]["errorResult"]
    assert error["message"] == "Operation cannot be performed on a nested schema. Field: tags"
