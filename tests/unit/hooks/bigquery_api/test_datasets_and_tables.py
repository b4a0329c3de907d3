"""Datasets, tables and views over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.hooks.bigquery_api.conftest import Client

SCHEMA = {"fields": [{"name": "id", "type": "INT64", "mode": "REQUIRED"}, {"name": "name", "type": "STRING"}]}


def _dataset(name: str = "shop") -> dict[str, Any]:
    return {"datasetReference": {"datasetId": name}}


def _table(name: str = "orders", **more: Any) -> dict[str, Any]:
    return {"tableReference": {"datasetId": "shop", "tableId": name}, "schema": SCHEMA, **more}


@pytest.fixture
def shop(client: Client) -> Client:
    client.ask("POST", "datasets", _dataset())
    return client


def test_a_dataset_is_what_it_was_created_as(client: Client) -> None:
    client.ask("POST", "datasets", {**_dataset(), "description": "all", "labels": {"team": "a"}, "location": "EU"})
    found = client.ask("GET", "datasets/shop")
    assert (found["id"], found["description"], found["labels"], found["location"]) == (
        "test-project:shop", "all", {"team": "a"}, "EU",
    )  # fmt: skip


def test_what_is_there_twice_or_not_at_all_is_told_as_bigquery_does(shop: Client) -> None:
    shop.ask("POST", "datasets/shop/tables", _table())
    assert shop.refused("POST", "datasets", _dataset()) == (
        409, "duplicate", "Already Exists: Dataset test-project:shop",
    )  # fmt: skip
    assert shop.refused("POST", "datasets/shop/tables", _table()) == (
        409, "duplicate", "Already Exists: Table test-project:shop.orders",
    )  # fmt: skip
    assert shop.refused("GET", "datasets/shoe") == (404, "notFound", "Not found: Dataset test-project:shoe")
    assert shop.refused("GET", "datasets/shoe/tables/orders")[2] == "Not found: Dataset test-project:shoe"
    assert shop.refused("DELETE", "datasets/shop/tables/order")[2] == "Not found: Table test-project:shop.order"


def test_a_dataset_with_tables_goes_only_with_its_contents(shop: Client) -> None:
    shop.ask("POST", "datasets/shop/tables", _table())
    assert shop.refused("DELETE", "datasets/shop") == (
        400, "resourceInUse", "Dataset test-project:shop is still in use",
    )  # fmt: skip
    shop.ask("DELETE", "datasets/shop", deleteContents="true")
    assert "datasets" in shop.ask("GET", "datasets")
    assert shop.ask("GET", "datasets")["datasets"] == []


def test_datasets_are_listed_page_by_page_and_by_label(client: Client) -> None:
    for name in "abc":
        client.ask("POST", "datasets", {**_dataset(name), "labels": {"first": str(name == "a").lower()}})
    page = client.ask("GET", "datasets", maxResults=2)
    rest = client.ask("GET", "datasets", maxResults=2, pageToken=page["nextPageToken"])
    names = [one["datasetReference"]["datasetId"] for one in (*page["datasets"], *rest["datasets"])]
    assert names == ["a", "b", "c"]
    assert "nextPageToken" not in rest
    assert len(client.ask("GET", "datasets", filter="labels.first:true")["datasets"]) == 1


def test_a_token_is_good_for_its_own_list_alone(client: Client) -> None:
    for name in "abc":
        client.ask("POST", "datasets", _dataset(name))
    token = client.ask("GET", "datasets", maxResults=1)["nextPageToken"]
    assert client.refused("GET", "datasets/a/tables", pageToken=token)[1] == "invalid"
    assert client.refused("GET", "datasets", pageToken="00")[1] == "invalid"


def test_names_of_types_are_those_of_the_api(shop: Client) -> None:
    shop.ask("POST", "datasets/shop/tables", _table())
    assert [one["type"] for one in shop.ask("GET", "datasets/shop/tables/orders")["schema"]["fields"]] == [
        "INTEGER", "STRING",
    ]  # fmt: skip


def test_patch_changes_what_it_names_and_update_the_rest_too(shop: Client) -> None:
    shop.ask("POST", "datasets/shop/tables", _table(description="old", labels={"a": "1"}))
    patched = shop.ask("PATCH", "datasets/shop/tables/orders", {"description": "new"})
    assert (patched["description"], patched["labels"]) == ("new", {"a": "1"})
    assert "labels" not in shop.ask("PUT", "datasets/shop/tables/orders", {"description": "newer"})
    assert "description" not in shop.ask("PATCH", "datasets/shop/tables/orders", {"description": None})


def test_a_change_of_another_state_is_refused(shop: Client) -> None:
    etag = shop.ask("POST", "datasets/shop/tables", _table())["etag"]
    shop.ask("PATCH", "datasets/shop/tables/orders", {"description": "one"}, {"If-Match": etag})
    assert shop.refused("PATCH", "datasets/shop/tables/orders", {"description": "two"}, {"If-Match": etag}) == (
        412, "conditionNotMet", "Precondition check failed.",
    )  # fmt: skip


def test_a_schema_may_grow_and_loosen_but_not_change(shop: Client) -> None:
    shop.mock.seed("shop.orders", [{"id": 1}], {"id": "INT64"})
    more = [{"name": "id", "type": "INTEGER"}, {"name": "note", "type": "STRING"}]
    shop.ask("PATCH", "datasets/shop/tables/orders", {"schema": {"fields": more}})
    assert shop.mock.rows("shop.orders") == [{"id": 1, "note": None}]
    for fields, said in [
        (more[1:], "Field id is missing in new schema"),
        ([{"name": "id", "type": "STRING"}, more[1]], "Field id has changed type from INTEGER to STRING"),
        ([{**more[0], "mode": "REQUIRED"}, more[1]], "Field id has changed mode from NULLABLE to REQUIRED"),
        (
            [*more, {"name": "x", "type": "DATE", "mode": "REQUIRED"}],
            "Cannot add required fields to an existing schema",
        ),
    ]:
        assert said in shop.refused("PATCH", "datasets/shop/tables/orders", {"schema": {"fields": fields}})[2]


def test_fields_of_a_record_may_not_change_either(shop: Client) -> None:
    inner = [{"name": "name", "type": "STRING"}]
    old = [{"name": "buyer", "type": "RECORD", "fields": inner}]
    shop.mock.seed("shop.orders", schema=old)
    gone = {"schema": {"fields": [{**old[0], "fields": [{"name": "age", "type": "INTEGER"}]}]}}
    said = shop.refused("PATCH", "datasets/shop/tables/orders", gone)[2]
    assert (
        said
        == "Provided Schema does not match Table test-project:shop.orders. Field buyer.name is missing in new schema"
    )


def test_a_view_is_listed_as_one_and_has_no_rows_of_its_own(shop: Client) -> None:
    view = {"tableReference": {"tableId": "late"}, "view": {"query": "SELECT 1 AS one", "useLegacySql": False}}
    assert shop.ask("POST", "datasets/shop/tables", view)["type"] == "VIEW"
    assert [one["type"] for one in shop.ask("GET", "datasets/shop/tables")["tables"]] == ["VIEW"]
    assert shop.refused("GET", "datasets/shop/tables/late/data")[1] == "invalid"
    legacy = {**view, "view": {"query": "SELECT 1", "useLegacySql": True}}
    assert "legacy SQL" in shop.refused("POST", "datasets/shop/tables", legacy)[2]


def test_partitions_are_those_that_have_rows(shop: Client) -> None:
    table = {
        "tableReference": {"tableId": "days"},
        "schema": {"fields": [{"name": "day", "type": "DATE"}]},
        "timePartitioning": {"type": "MONTH", "field": "day"},
    }
    shop.ask("POST", "datasets/shop/tables", table)
    shop.mock.seed("shop.days", [{"day": "2024-01-05"}, {"day": "2024-01-31"}, {"day": None}, {"day": "2023-12-01"}])
    rows = shop.ask("GET", "datasets/shop/tables/days$__PARTITIONS_SUMMARY__/data", selectedFields="partition_id")[
        "rows"
    ]
    assert [row["f"][0]["v"] for row in rows] == ["202312", "202401", "__NULL__"]
    shop.mock.seed("shop.orders", [{"id": 1}])
    assert "not partitioned" in shop.refused("GET", "datasets/shop/tables/orders$__PARTITIONS_SUMMARY__")[2]


def test_the_sensors_trigger_learns_the_partitions_without_an_answer(shop: Client) -> None:
    sql = "SELECT partition_id FROM `test-project.shop.INFORMATION_SCHEMA.PARTITIONS`"
    days = {"schema": {"fields": [{"name": "day", "type": "DATE"}]}, "timePartitioning": {"field": "day"}}
    shop.ask("POST", "datasets/shop/tables", {"tableReference": {"tableId": "days"}, **days})
    shop.mock.seed("shop.days", [{"day": "2024-01-05"}]).seed("shop.orders", [{"id": 1}])
    found = [shop.ask("POST", "queries", {"query": sql + rest}) for rest in ("", " WHERE table_name='days'")]
    assert [[row["f"][0]["v"] for row in one["rows"]] for one in found] == [["20240105", None], ["20240105"]]


@pytest.mark.parametrize("kind", ["externalDataConfiguration", "materializedView", "snapshotDefinition"])
def test_kinds_of_tables_that_the_mock_has_not_are_refused_by_name(shop: Client, kind: str) -> None:
    status, _, said = shop.refused("POST", "datasets/shop/tables", {"tableReference": {"tableId": "x"}, kind: {"a": 1}})
    assert (status, said.startswith("mock_bigquery has no ")) == (400, True)


def test_a_method_that_the_mock_has_not_is_told(client: Client) -> None:
    status, _, said = client.refused("GET", "datasets/shop/models")
    assert (status, said) == (
        501,
        "mock_bigquery does not know GET /bigquery/v2/projects/test-project/datasets/shop/models",
    )


def test_paths_may_come_without_the_name_of_the_api(shop: Client) -> None:
    reply = shop.mock.api.answer("GET", "/projects/test-project/datasets/shop", {}, b"")
    assert reply.status == 200
