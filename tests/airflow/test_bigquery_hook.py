"""The provider's BigQueryHook, by each of its transports, against the server, on every generation of the provider."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

pytestmark = [pytest.mark.every_version, pytest.mark.providers]


def _read() -> dict[str, Any]:
    """Read two orders by every transport of the hook that answers at once."""
    from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

    from dagcheck.hooks.bigquery.mock import mocked_bigquery

    sql = "SELECT id, name FROM shop.orders ORDER BY id"
    orders = [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}]
    with mocked_bigquery("fake") as bigquery:
        bigquery.seed("shop.orders", orders).page_size(1).answer(sql, orders)
        bigquery.answer("SELECT name FROM shop.orders WHERE id = 2", [{"name": "eggs"}])
        hook = BigQueryHook(location="US")
        frame = getattr(hook, "get_df", None) or hook.get_pandas_df
        where = "SELECT name FROM shop.orders WHERE id = %(id)s"
        return {
            "client": [dict(row) for row in hook.get_client(project_id=bigquery.project).query(sql).result()],
            "get_records": [list(row) for row in hook.get_records(sql)],
            "get_first": list(hook.get_first(where, parameters={"id": 2})),
            "frame": frame(sql).to_dict("records"),
            "exists": [
                hook.table_exists(project_id=bigquery.project, dataset_id="shop", table_id=table)
                for table in ("orders", "orderz")
            ],
        }


def test_each_transport_reads_the_same_rows_page_by_page(told: dict[str, Any]) -> None:
    assert told["_read"] == {
        "client": [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}],
        "get_records": [[1, "ham"], [2, "eggs"]],
        "get_first": ["eggs"],
        "frame": [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}],
        "exists": [True, False],
    }


def _triggers() -> list[Any]:
    """Fire the triggers that ask by gcloud-aio."""
    import asyncio

    from airflow.providers.google.cloud.triggers import bigquery as triggers

    from dagcheck.hooks.bigquery.mock import mocked_bigquery

    with mocked_bigquery("fake") as bigquery:
        bigquery.seed("shop.orders", [{"id": 1}])
        bigquery.answer(lambda sql: "INFORMATION_SCHEMA.PARTITIONS" in sql, [{"partition_id": "20240101"}])
        place = {
            "project_id": bigquery.project, "dataset_id": "shop", "table_id": "orders",
            "gcp_conn_id": "google_cloud_default", "hook_params": {}, "poll_interval": 0.01,
        }  # fmt: skip
        made = [
            triggers.BigQueryTableExistenceTrigger(**place),
            triggers.BigQueryTablePartitionExistenceTrigger(partition_id="20240101", **place),
        ]

        async def fire() -> list[Any]:
            return [(await anext(trigger.run())).payload["status"] for trigger in made]

        return asyncio.run(fire())


def test_triggers_ask_the_server_too(told: dict[str, Any]) -> None:
    assert told["_triggers"] == ["success", "success"]


def _client() -> dict[str, Any]:
    """Use what the client of google-cloud-bigquery has for tables and files."""
    import io

    import pandas as pd
    from google.cloud import bigquery as library

    from dagcheck.hooks.bigquery.mock import ServiceError, mocked_bigquery

    with mocked_bigquery("fake") as bigquery:
        client = library.Client()
        client.create_dataset("shop")
        config = library.LoadJobConfig(autodetect=True)
        client.load_table_from_json([{"id": 1, "name": "ham"}], "shop.json", job_config=config).result()
        config = library.LoadJobConfig(autodetect=True, skip_leading_rows=1)
        client.load_table_from_file(io.BytesIO(b"id,name\n1,ham\n"), "shop.csv", job_config=config).result()
        client.load_table_from_dataframe(pd.DataFrame({"id": [1], "name": ["ham"]}), "shop.frame").result()
        client.copy_table("shop.frame", "shop.copied").result()
        bigquery.fail("tables.get", ServiceError("rateLimitExceeded"), times=1)
        table = client.get_table("shop.copied")
        bigquery.page_size(1).seed("shop.copied", [{"id": 2, "name": "eggs"}])
        client.extract_table(table, "gs://out/copied.csv").result()
        query = library.QueryJobConfig(
            query_parameters=[
                library.ArrayQueryParameter("ids", "INT64", [1, 2]),
                library.StructQueryParameter("who", library.ScalarQueryParameter("name", "STRING", "Ann")),
            ]
        )
        bigquery.answer("SELECT @ids, @who", lambda _, parameters: [parameters])
        return {
            "tables": bigquery.tables,
            "extracted": bigquery.objects["gs://out/copied.csv"].decode(),
            "asked_again": [call.method for call in bigquery.calls].count("tables.get") >= 2,
            "listed": [dict(row) for row in client.list_rows(table)],
            "frame": client.list_rows(table).to_dataframe().to_dict("records"),
            "parameters": [dict(row) for row in client.query("SELECT @ids, @who", job_config=query).result()],
        }


def test_the_client_loads_copies_extracts_and_reads(told: dict[str, Any]) -> None:
    found = told["_client"]
    row, more = {"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}
    assert found["tables"] == {"shop.copied": [row, more], "shop.csv": [row], "shop.frame": [row], "shop.json": [row]}
    assert found["extracted"] == "id,name\n1,ham\n2,eggs\n"
    assert found["asked_again"]
    assert (found["listed"], found["frame"]) == ([row, more], [row, more])
    assert found["parameters"] == [{"ids": [1, 2], "who": {"name": "Ann"}}]


def _inserted() -> list[Any]:
    from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

    from dagcheck.hooks.bigquery.mock import mocked_bigquery

    with mocked_bigquery("fake") as bigquery:
        bigquery.seed("shop.orders", schema={"id": "INT64", "name": "STRING"})
        hook, told = BigQueryHook(), ""
        table = {"project_id": bigquery.project, "dataset_id": "shop", "table_id": "orders"}
        hook.insert_all(**table, rows=[{"id": 3, "name": "tea"}], fail_on_error=True)
        try:
            hook.insert_all(**table, rows=[{"id": 4}, {"id": "four"}], fail_on_error=True)
        except Exception as error:  # noqa: BLE001 -- told
            told = str(error)
        return [bigquery.rows("shop.orders"), told]


def test_rows_that_the_schema_does_not_take_are_refused_with_bigquerys_words(told: dict[str, Any]) -> None:
    rows, said = told["_inserted"]
    assert rows == [{"id": 3, "name": "tea"}]
    assert "'location': 'id'" in said
    assert "Cannot convert value to integer (bad value): four" in said
    assert "'reason': 'stopped'" in said


def _unanswered() -> list[str]:
    from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

    from dagcheck.hooks.answers import UnansweredCallError
    from dagcheck.hooks.bigquery.mock import mocked_bigquery

    told = []
    try:
        with mocked_bigquery("fake") as bigquery:
            bigquery.answer("SELECT id FROM shop.orders", [{"id": 1}])
            try:
                BigQueryHook(location="US").get_records("SELECT id FROM shop.order")
            except Exception as error:  # noqa: BLE001 -- what careless code does
                told.append(str(error))
    except UnansweredCallError as error:
        told.append(str(error))
    return told


def test_a_statement_without_an_answer_is_told_to_the_code_and_again_when_the_block_ends(told: dict[str, Any]) -> None:
    first, again = told["_unanswered"]
    assert "no answer to this statement:\n  SELECT id FROM shop.order\n" in first
    assert again == (
        "BigQuery: no answer to this statement:\n  SELECT id FROM shop.order\n"
        "the nearest answer is for:\n  SELECT id FROM shop.orders\n"
        "the test can give one with mock_bigquery.answer(sql, rows)"
    )


_CHILD = """
import google.auth
from google.auth.transport.requests import Request
from google.cloud import bigquery
credentials, project = google.auth.default(scopes=["https://www.googleapis.com/auth/bigquery"])
credentials.refresh(Request())
print(project, credentials.token, [dict(row) for row in bigquery.Client().query("SELECT 1 AS one").result()])
"""


def _settled(world: Callable[[], list[Any]]) -> list[Any]:
    """Return what the world is when it no longer changes: connections that were hung up end a moment later."""
    import time

    found = world()
    for _ in range(50):
        time.sleep(0.1)
        if (now := world()) == found:
            break
        found = now
    return found


def _left_behind() -> dict[str, Any]:
    """Use the server from a child process; compare the world before and after."""
    import os
    import subprocess
    import sys
    import threading

    from airflow.providers.google.cloud.hooks import bigquery as module
    from gcloud.aio.bigquery import bigquery as aio
    from google.cloud.bigquery import Client

    from dagcheck.hooks.bigquery.mock import mocked_bigquery
    from dagcheck.hooks.bigquery.server import stop_shared_server

    def world() -> list[Any]:
        owners = [module.build, module.BigQueryHook._custom_job_id, aio.init_api_root, Client._ensure_bqstorage_client]  # noqa: SLF001 -- are they as before?
        return [*map(id, owners), dict(os.environ), threading.active_count()]

    stop_shared_server()
    before = _settled(world)
    with mocked_bigquery("fake") as bigquery:
        bigquery.answer("SELECT 1 AS one", [{"one": 1}])
        key = os.environ["GOOGLE_APPLICATION_CREDENTIALS"]
        said = subprocess.run([sys.executable, "-c", _CHILD], capture_output=True, text=True, check=True).stdout
    stop_shared_server()
    return {"said": said.strip(), "same": _settled(world) == before, "key": os.path.exists(key)}  # noqa: PTH110


def test_child_processes_see_the_server_and_nothing_is_left_behind(told: dict[str, Any]) -> None:
    assert told["_left_behind"] == {"said": "test-project dagcheck [{'one': 1}]", "same": True, "key": False}


def _all() -> dict[str, Any]:
    """Return what each of these functions tells, or the error that it ends with: one process for all."""
    import traceback

    found: dict[str, Any] = {}
    for function in (_read, _triggers, _client, _inserted, _unanswered, _left_behind):
        try:
            found[function.__name__] = function()
        except Exception:  # noqa: BLE001, PERF203 -- the test that asks for it shows it
            found[function.__name__] = traceback.format_exc()
    return found


@pytest.fixture(scope="module")
def told(room: Room) -> dict[str, Any]:
    found: dict[str, Any] = room(_all)
    return found
