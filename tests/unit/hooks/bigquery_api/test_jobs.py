"""Jobs: queries that a test answers, their states, results and failures."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck.hooks.answers import UnansweredCallError
from dagcheck.hooks.bigquery.mock import QueryResult, ServiceError

if TYPE_CHECKING:
    from tests.unit.hooks.bigquery_api.conftest import Client


def _query(client: Client, sql: str, **settings: Any) -> dict[str, Any]:
    return client.job(query={"query": sql, "useLegacySql": False, **settings})


def _rows(client: Client, job: dict[str, Any], **query: Any) -> list[list[Any]]:
    found = client.ask("GET", f"queries/{job['jobReference']['jobId']}", **query)
    return [[cell["v"] for cell in row["f"]] for row in found.get("rows", [])]


def test_a_query_gives_the_rows_of_its_answer(client: Client) -> None:
    client.mock.answer("select id, name from t", [{"id": 1, "name": "ham"}, {"id": 2}])
    job = _query(client, "SELECT id,\n  name\nFROM t;".replace("id,\n ", "id,"))
    assert job["status"] == {"state": "DONE"}
    assert job["statistics"]["query"]["statementType"] == "SELECT"
    assert _rows(client, job) == [["1", "ham"], ["2", None]]


def test_a_result_comes_page_by_page(client: Client) -> None:
    client.mock.answer("SELECT x", [{"x": number} for number in range(3)]).page_size(2)
    job = _query(client, "SELECT x")["jobReference"]["jobId"]
    first = client.ask("GET", f"queries/{job}")
    assert (first["totalRows"], len(first["rows"])) == ("3", 2)
    assert client.ask("GET", f"queries/{job}", pageToken=first["pageToken"])["rows"] == [{"f": [{"v": "2"}]}]
    assert "rows" not in client.ask("GET", f"queries/{job}", maxResults=0)


def test_the_short_way_gives_the_first_page_at_once(client: Client) -> None:
    client.mock.answer("SELECT x", [{"x": 1}])
    found = client.ask("POST", "queries", {"query": "SELECT x", "useLegacySql": False})
    assert (found["jobComplete"], found["rows"], found["totalRows"]) == (True, [{"f": [{"v": "1"}]}], "1")
    client.mock.answer("SELECT y", ServiceError("invalidQuery", "Unrecognized name: y"))
    assert client.refused("POST", "queries", {"query": "SELECT y"}) == (400, "invalidQuery", "Unrecognized name: y")


def test_a_failure_is_the_jobs_and_that_of_whoever_asks_for_the_result(client: Client) -> None:
    client.mock.answer("SELECT y", ServiceError("invalidQuery", "Unrecognized name: y"))
    job = _query(client, "SELECT y")
    error = {"reason": "invalidQuery", "message": "Unrecognized name: y", "location": "query"}
    assert job["status"] == {"state": "DONE", "errorResult": error, "errors": [error]}
    assert client.refused("GET", f"queries/{job['jobReference']['jobId']}")[:2] == (400, "invalidQuery")


def test_a_statement_without_an_answer_fails_its_job_and_is_kept(client: Client) -> None:
    client.mock.answer("SELECT id FROM orders", [])
    job = _query(client, "SELECT id\nFROM orders_new", queryParameters=[
        {"name": "day", "parameterType": {"type": "DATE"}, "parameterValue": {"value": "2024-01-01"}},
    ])  # fmt: skip
    said = job["status"]["errorResult"]["message"]
    assert "no answer to this statement:\n  SELECT id\n  FROM orders_new\n" in said
    assert "its parameters: {'day': datetime.date(2024, 1, 1)}" in said
    assert "the nearest answer is for:\n  SELECT id FROM orders\n" in said
    with pytest.raises(UnansweredCallError, match="orders_new"):
        client.mock.verify()


def test_a_function_is_asked_with_sql_and_parameters(client: Client) -> None:
    asked = []

    def answer(sql: str, parameters: Any) -> list[dict[str, Any]]:
        asked.append((sql, parameters))
        return [{"x": parameters["ids"][0]}]

    client.mock.answer("SELECT @ids", answer)
    array = {"type": "ARRAY", "arrayType": {"type": "INT64"}}
    value = {"arrayValues": [{"value": "7"}, {"value": "8"}]}
    job = _query(client, "SELECT @ids", queryParameters=[
        {"name": "ids", "parameterType": array, "parameterValue": value}
    ])  # fmt: skip
    assert _rows(client, job) == [["7"]]
    assert asked == [("SELECT @ids", {"ids": [7, 8]})]


def test_parameters_may_be_structs_and_positional(client: Client) -> None:
    struct = {"type": "STRUCT", "structTypes": [{"name": "a", "type": {"type": "BOOL"}}]}
    client.mock.answer("SELECT ?", [])
    _query(client, "SELECT ?", queryParameters=[
        {"parameterType": struct, "parameterValue": {"structValues": {"a": {"value": "true"}}}}
    ])  # fmt: skip
    assert client.mock.assert_queried("SELECT ?").arguments["parameters"] == [{"a": True}]


def test_dml_tells_how_many_rows_it_changed(client: Client) -> None:
    client.mock.answer("DELETE FROM t WHERE true", 3)
    statistics = _query(client, "DELETE FROM t WHERE true")["statistics"]["query"]
    assert (statistics["numDmlAffectedRows"], statistics["dmlStats"]["deletedRowCount"]) == ("3", "3")


def test_a_job_says_that_it_is_running_as_often_as_it_is_told_to(client: Client) -> None:
    client.mock.answer("SELECT 1", []).delay(2)
    job = _query(client, "SELECT 1")
    states = [client.ask("GET", f"jobs/{job['jobReference']['jobId']}")["status"]["state"] for _ in range(3)]
    assert [job["status"]["state"], *states] == ["RUNNING", "RUNNING", "RUNNING", "DONE"]


def test_whoever_asks_for_a_result_waits_for_the_end(client: Client) -> None:
    client.mock.answer("SELECT 1", [{"one": 1}]).delay(9)
    job = _query(client, "SELECT 1")
    assert _rows(client, job) == [["1"]]
    assert client.ask("GET", f"jobs/{job['jobReference']['jobId']}")["status"]["state"] == "DONE"


def test_a_running_job_can_be_cancelled_and_a_finished_one_stays_as_it_is(client: Client) -> None:
    client.mock.answer("SELECT 1", [])
    done = _query(client, "SELECT 1")["jobReference"]["jobId"]
    client.mock.delay(1)
    running = _query(client, "SELECT 1")["jobReference"]["jobId"]
    assert "errorResult" not in client.ask("POST", f"jobs/{done}/cancel")["job"]["status"]
    assert client.ask("POST", f"jobs/{running}/cancel")["job"]["status"]["errorResult"]["reason"] == "stopped"


def test_an_id_is_taken_once(client: Client) -> None:
    client.mock.answer("SELECT 1", [])
    body = {"configuration": {"query": {"query": "SELECT 1"}}, "jobReference": {"jobId": "mine", "location": "EU"}}
    assert client.ask("POST", "jobs", body)["id"] == "test-project:EU.mine"
    assert client.refused("POST", "jobs", body) == (409, "duplicate", "Already Exists: Job test-project:EU.mine")
    body["jobReference"] = {"jobId": "not an id"}
    assert client.refused("POST", "jobs", body)[1] == "invalid"


def test_a_dry_run_leaves_no_job_and_no_rows(client: Client) -> None:
    client.mock.answer("SELECT 1", [{"one": 1}])
    job = client.job(query={"query": "SELECT 1", "destinationTable": {"datasetId": "no", "tableId": "no"}}, dryRun=True)
    assert job["statistics"]["query"]["schema"]["fields"][0]["name"] == "one"
    assert (client.mock.jobs, client.mock.tables) == ([], {})


DESTINATION = {"datasetId": "shop", "tableId": "kept"}


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        ({}, "duplicate"),
        ({"writeDisposition": "WRITE_APPEND"}, [{"x": 0}, {"x": 1}]),
        ({"writeDisposition": "WRITE_TRUNCATE"}, [{"x": 1}]),
    ],
)
def test_where_rows_are_already_the_write_disposition_decides(
    client: Client, settings: dict[str, Any], outcome: Any
) -> None:
    client.mock.seed("shop.kept", [{"x": 0}]).answer("SELECT x", [{"x": 1}])
    status = _query(client, "SELECT x", destinationTable=DESTINATION, **settings)["status"]
    assert (status["errorResult"]["reason"] if "errorResult" in status else client.mock.rows("shop.kept")) == outcome


def test_appended_columns_must_be_allowed_and_fit(client: Client) -> None:
    client.mock.seed("shop.kept", [{"x": 0}]).answer("SELECT x, y", [{"x": 1, "y": 2}]).answer("SELECT x", [{"x": "a"}])
    settings = {"destinationTable": DESTINATION, "writeDisposition": "WRITE_APPEND"}
    refused = _query(client, "SELECT x, y", **settings)["status"]["errorResult"]["message"]
    assert "Cannot add fields (field: y)" in refused
    refused = _query(client, "SELECT x", **settings)["status"]["errorResult"]["message"]
    assert "Field x has changed type from INTEGER to STRING" in refused
    _query(client, "SELECT x, y", **settings, schemaUpdateOptions=["ALLOW_FIELD_ADDITION"])
    assert client.mock.rows("shop.kept") == [{"x": 0, "y": None}, {"x": 1, "y": 2}]


def test_fields_of_a_record_must_fit_too(client: Client) -> None:
    client.mock.seed("shop.kept", [{"who": {"name": "Ann"}}]).answer("SELECT who", [{"who": {"age": 3}}])
    settings = {"destinationTable": DESTINATION, "writeDisposition": "WRITE_APPEND"}
    assert (
        "Cannot add fields (field: who.age)"
        in _query(client, "SELECT who", **settings)["status"]["errorResult"]["message"]
    )


def test_a_table_that_is_overwritten_stays_partitioned(client: Client) -> None:
    table = {"schema": {"fields": [{"name": "day", "type": "DATE"}]}, "timePartitioning": {"field": "day"}}
    client.mock.dataset("shop")
    client.ask("POST", "datasets/shop/tables", {"tableReference": {"tableId": "kept"}, **table})
    client.mock.answer("SELECT date", [{"day": dt.date(2024, 2, 1)}])
    _query(client, "SELECT date", destinationTable=DESTINATION, writeDisposition="WRITE_TRUNCATE")
    assert client.ask("GET", "datasets/shop/tables/kept$__PARTITIONS_SUMMARY__/data")["totalRows"] == "1"


def test_a_failed_dry_run_leaves_no_job_but_a_failed_query_does(client: Client) -> None:
    client.mock.answer("SELECT y", ServiceError("invalidQuery", "Unrecognized name: y"))
    query = {"query": "SELECT y", "useLegacySql": False}
    assert client.refused("POST", "jobs", {"configuration": {"query": query, "dryRun": True}})[1] == "invalidQuery"
    assert client.mock.jobs == []
    client.refused("POST", "queries", query)
    assert [str(job.error) for job in client.mock.jobs] == ["Unrecognized name: y"]


def test_a_table_is_not_created_where_that_is_forbidden_or_without_its_dataset(client: Client) -> None:
    client.mock.answer("SELECT x", [{"x": 1}])
    without = _query(client, "SELECT x", destinationTable=DESTINATION)["status"]["errorResult"]["message"]
    assert without == "Not found: Dataset test-project:shop"
    client.mock.dataset("shop")
    never = {"destinationTable": DESTINATION, "createDisposition": "CREATE_NEVER"}
    assert _query(client, "SELECT x", **never)["status"]["errorResult"]["reason"] == "notFound"
    _query(client, "SELECT x", destinationTable=DESTINATION)
    assert client.mock.rows("shop.kept") == [{"x": 1}]


def test_the_result_of_a_query_is_a_table_that_can_be_listed(client: Client) -> None:
    client.mock.answer("SELECT x", [{"x": 1}])
    table = _query(client, "SELECT x")["configuration"]["query"]["destinationTable"]
    path = f"datasets/{table['datasetId']}/tables/{table['tableId']}"
    assert client.ask("GET", path)["schema"]["fields"][0]["name"] == "x"
    assert client.ask("GET", f"{path}/data")["rows"] == [{"f": [{"v": "1"}]}]


def test_jobs_are_listed_latest_first(client: Client) -> None:
    client.mock.answer("SELECT 1", QueryResult(schema={"one": "INT64"}))
    ids = [_query(client, "SELECT 1")["jobReference"]["jobId"] for _ in range(2)]
    assert [one["jobReference"]["jobId"] for one in client.ask("GET", "jobs")["jobs"]] == ids[::-1]
    assert client.ask("GET", "jobs", stateFilter="running")["jobs"] == []
