# ruff: noqa: AIR311 -- one DAG for Airflow 2 and 3
"""`mock_hook` on hooks of real providers and on an own class, most of them imported before they are mocked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

pytestmark = [pytest.mark.every_version, pytest.mark.providers]
Found = dict[str, Any]


def _error(call: Any) -> str:
    try:
        call()
    except Exception as error:  # noqa: BLE001 -- the tests look at it
        return f"{type(error).__name__}: {error}"
    return "nothing was raised"


def _needed(method: Any, **known: Any) -> Found:
    """Return the arguments of a method of any generation of a provider: newer ones want a session too."""
    import inspect

    parameters = [one for name, one in inspect.signature(method).parameters.items() if name != "self"]
    return {one.name: known.get(one.name) for one in parameters if one.default is one.empty or one.name in known}


def _http() -> Found:
    import asyncio

    import requests
    from airflow.providers.http.hooks.http import HttpAsyncHook, HttpHook
    from airflow.providers.http.sensors.http import HttpSensor

    from dagcheck.hooks.generic import mocked_hook

    answer = requests.Response()
    answer.status_code, answer._content = 200, b'{"open": true}'  # noqa: SLF001 -- there is no public way
    sensor = HttpSensor(task_id="wait", endpoint="shop", response_check=lambda response: response.json()["open"])
    with mocked_hook(HttpHook) as mock, mocked_hook(HttpAsyncHook) as later:
        mock.answer("run", answer, endpoint="shop").answer("run", requests.HTTPError("503"), endpoint="down")
        later.answer("run", {"open": False})
        hook, async_hook = HttpHook("GET", http_conn_id="api"), HttpAsyncHook("GET", http_conn_id="api")
        arguments = _needed(HttpAsyncHook.run, endpoint="shop")
        return {
            "sensor": bool(sensor.poke({})),
            "asked for": mock.calls_of("run")[0].arguments["endpoint"],
            "raised": _error(lambda: hook.run("down")),
            "wrong": _error(lambda: hook.run("shop", {}, {}, {}, "one too many")),
            "awaited": asyncio.run(async_hook.run(**arguments)),
            "wrong, awaited": _error(lambda: asyncio.run(async_hook.run(*range(9)))),
        }


def test_http_hooks_answer_the_sensor_that_imported_them_and_coroutines(room: Room) -> None:
    found = room(_http)
    assert found.pop("wrong").startswith("TypeError: HttpHook.run() too many positional arguments")
    assert found.pop("wrong, awaited").startswith("TypeError: HttpAsyncHook.run() too many positional arguments")
    assert found == {"sensor": True, "asked for": "shop", "raised": "HTTPError: 503", "awaited": {"open": False}}


def _slack() -> Found:
    from types import SimpleNamespace

    from airflow.providers.slack.hooks.slack import SlackHook
    from airflow.providers.slack.operators.slack import SlackAPIPostOperator

    from dagcheck.hooks.generic import mocked_hook

    tell = SlackAPIPostOperator(task_id="tell", slack_conn_id="slack", channel="#shop", text="It is done.")
    asked: list[str] = []
    client = SimpleNamespace(api_call=lambda method, **_more: asked.append(method))
    with mocked_hook(SlackHook) as mock:
        mock.answer("call", SimpleNamespace(data={"ok": True}))
        tell.execute(context={})
        called = mock.assert_called("call").arguments
        mock.answer("client", client).pass_through("call")
        SlackHook(slack_conn_id="slack").call("chat.update", json={})
    return {"method": called["api_method"], "text": called["json"]["text"], "asked": asked}


def test_the_slack_hook_answers_its_operator_and_its_client_is_a_property(room: Room) -> None:
    assert room(_slack) == {"method": "chat.postMessage", "text": "It is done.", "asked": ["chat.update"]}


def _gcs() -> Found:
    import contextlib
    import io

    from airflow.providers.google.cloud.hooks.gcs import GCSHook
    from airflow.providers.google.cloud.sensors.gcs import GCSObjectExistenceSensor

    from dagcheck.hooks.generic import mocked_hook
    from dagcheck.stores import airflow_connections

    sensor = GCSObjectExistenceSensor(task_id="wait", bucket="shop", object="a.csv")
    file = contextlib.nullcontext(io.BytesIO(b"x"))
    found: Found = {}

    def work() -> None:
        with airflow_connections(google_cloud_default="google-cloud-platform://"), mocked_hook(GCSHook) as mock:
            hook = GCSHook()
            mock.answer("exists", value=False).answer("exists", value=True, object_name="a.csv")
            mock.answer("create_bucket", "id-of-shop").answer("provide_file", lambda **_arguments: file)
            found.update({
                "exists": [bool(sensor.poke({})), hook.exists("shop", "b.csv")],
                "a project is filled in": hook.create_bucket(bucket_name="shop"),
                "content": hook.provide_file(bucket_name="shop", object_name="a.csv").__enter__().read().decode(),
                "wrong": _error(lambda: hook.exists("shop")),
                "unanswered": _error(lambda: hook.list("shop")).partition(";")[0],
            })  # fmt: skip

    found["at the end"] = _error(work).partition(";")[0]
    return found


def test_the_gcs_hook_keeps_what_its_decorators_fill_in_and_tells_a_call_without_an_answer_twice(room: Room) -> None:
    unanswered = "UnansweredCallError: GCSHook: no answer to list(bucket_name='shop')"
    assert room(_gcs) == {
        "exists": [True, False], "a project is filled in": "id-of-shop", "content": "x",
        "wrong": "TypeError: GCSHook.exists() missing a required argument: 'object_name'",
        "unanswered": unanswered, "at the end": unanswered,
    }  # fmt: skip


def _bigquery() -> Found:
    from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

    from dagcheck.hooks.generic import mocked_hook
    from dagcheck.stores import airflow_connections

    with airflow_connections(google_cloud_default="google-cloud-platform://"), mocked_hook(BigQueryHook) as mock:
        return {
            "refused": _error(lambda: mock.answer("insert_rows", None)),
            "called": _error(lambda: BigQueryHook().insert_rows("orders", [])).partition(":")[0],
        }


def test_a_method_of_bigquerys_hook_that_only_raises_cannot_be_answered(room: Room) -> None:
    assert room(_bigquery) == {
        "refused": "UsageError: BigQueryHook.insert_rows raises NotImplementedError in the installed provider",
        "called": "NotImplementedError",
    }


def _snowflake() -> Found:
    import pendulum
    from airflow import DAG
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
    from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook

    from dagcheck import run_dag
    from dagcheck.hooks.generic import mocked_hook

    with DAG("report", schedule=None, start_date=pendulum.datetime(2024, 1, 1, tz="UTC")) as dag:
        SQLExecuteQueryOperator(task_id="count", conn_id="warehouse", sql="SELECT count(*) FROM orders")
    connections = {"warehouse": "snowflake://me:secret@/shop?account=ab123&warehouse=small"}
    with mocked_hook(SnowflakeHook) as mock:
        mock.answer("run", [(3,)]).answer("get_first", (4,), sql="SELECT 4")
        run = run_dag(dag, "2024-01-01", connections=connections)
        return {
            "state": run.run_state, "errors": {task: str(error) for task, error in run.errors.items()},
            "pushed": run.xcom("count"), "sql": mock.assert_called("run").arguments["sql"],
            "of the base class": SnowflakeHook("warehouse").get_first("SELECT 4"),
            "wrong": _error(lambda: SnowflakeHook("warehouse").get_first(statement="SELECT 4")).partition(" ")[0],
        }  # fmt: skip


def test_the_snowflake_hook_that_airflow_finds_by_its_connection_is_mocked_too(room: Room) -> None:
    found = room(_snowflake)
    assert found["pushed"] == [[3]], found["errors"]
    assert found == {
        "state": "success", "errors": {}, "pushed": [[3]], "sql": "SELECT count(*) FROM orders",
        "of the base class": [4], "wrong": "TypeError:",
    }  # fmt: skip


def _own() -> Found:
    import asyncio
    import functools

    try:
        from airflow.sdk import BaseHook
    except ImportError:  # 3.0 too
        from airflow.hooks.base import BaseHook

    from dagcheck.hooks.generic import mocked_hook
    from dagcheck.stores import airflow_connections

    class ShopHook(BaseHook):  # type: ignore[misc]
        def __init__(self, conn_id: str) -> None:
            super().__init__()
            self.host = self.get_connection(conn_id).host

        @functools.cached_property
        def session(self) -> Any:
            raise AssertionError("the other end was asked")

        @property
        def open_orders(self) -> int:
            return len(self.orders("today"))

        def orders(self, day: str, *, limit: int = 10) -> list[int]:
            return list(self.session.get(day, limit))

        async def order(self, number: int) -> dict[str, int]:
            return dict(await self.session.get(number))

        def cancel(self, number: int) -> None:
            """Not yet offered by the shop."""
            raise NotImplementedError(number)

    order = ShopHook.order
    with airflow_connections(shop="http://shop.example.com"), mocked_hook(ShopHook) as mock:
        hook = ShopHook("shop")
        mock.answer("orders", [1, 2]).answer("order", {"number": 7}, number=7)
        mock.pass_through("open_orders")
        return {
            "the real constructor": hook.host,
            "property": hook.open_orders,
            "awaited": asyncio.run(hook.order(7)),
            "wrong": _error(lambda: hook.orders("today", 5)),  # type: ignore[call-arg]
            "raises": [_error(lambda: hook.cancel(1)), _error(lambda: mock.answer("cancel", None))],
            "taken before": ShopHook.order is not order,
        }


def test_an_own_hook_is_mocked_with_its_own_signatures(room: Room) -> None:
    assert room(_own) == {
        "the real constructor": "shop.example.com",
        "property": 2,
        "awaited": {"number": 7},
        "wrong": "TypeError: _own.<locals>.ShopHook.orders() too many positional arguments",
        "raises": [
            "NotImplementedError: 1",
            "UsageError: ShopHook.cancel raises NotImplementedError in the installed provider",
        ],
        "taken before": True,
    }


def _imported_early(folder: str) -> Found:
    """A DAG file's own helper that took the class into its namespace before anything was mocked."""
    import importlib
    import sys
    from pathlib import Path

    from dagcheck.hooks.generic import mocked_hook

    text = "from airflow.providers.http.hooks.http import HttpHook as Hook\nREADY = Hook('GET')\nRUN = Hook.run\n"
    Path(folder, "shop_client.py").write_text(text, encoding="utf-8")
    sys.path.insert(0, folder)
    client = importlib.import_module("shop_client")
    with mocked_hook(client.Hook) as mock:
        mock.answer("run", "answered")
        found = {"made before": client.READY.run("x"), "made later": client.Hook("GET").run("x")}
    return {**found, "the real one is back": client.Hook.run is client.RUN}


def test_a_class_that_was_imported_early_under_another_name_is_mocked(room: Room, tmp_path: Any) -> None:
    assert room(_imported_early, str(tmp_path)) == {
        "made before": "answered", "made later": "answered", "the real one is back": True,
    }  # fmt: skip
