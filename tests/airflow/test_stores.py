# ruff: noqa: AIR311 -- the old homes are what is tested
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

VARIABLES = {"country": "de", "limits": '{"rows": 10}'}
CONNECTIONS = {
    "shop": "postgres://me:p%40ss@db.example.com:5432/orders?sslmode=require",
    "api": '{"conn_type": "http", "host": "api.example.com", "extra": {"token": "t"}}',
}
HINT = "add it under [tool.dagcheck.{kind}s] or {kind}s_files"


def _try(expression: str, setup: str = "") -> dict[str, Any]:
    """Evaluate an expression with the stores installed; tell its value or error, and what was read."""
    import os

    from dagcheck._airflow import metadata_db, stores

    reads: list[list[object]] = []
    metadata_db.install(lambda: reads.append(["database"]))
    installed = stores.install(VARIABLES, CONNECTIONS, lambda one: reads.append([one.kind, one.key, one.found]))
    names: dict[str, Any] = {"os": os, "stores": installed}
    exec(_IMPORTS + setup, names)  # noqa: S102 -- text of this file
    del reads[:]
    try:
        return {"value": eval(expression, names), "reads": reads}  # noqa: S307 -- text of this file
    except Exception as error:  # noqa: BLE001 -- the tests look at it
        return {"error": type(error).__name__, "message": str(error), "reads": reads}


_IMPORTS = """
import asyncio
from airflow.models import Connection, Variable
try:
    from airflow.sdk import Connection as SDKConnection, Variable as SDKVariable
except ImportError:
    pass
try:
    from airflow.sdk import BaseHook
except ImportError:  # 3.0 too
    from airflow.hooks.base import BaseHook
"""


@pytest.mark.parametrize(
    ("expression", "value", "reads"),
    [
        ("Variable.get('country')", "de", [["variable", "country", True]]),
        ("Variable.get('limits', deserialize_json=True)", {"rows": 10}, [["variable", "limits", True]]),
        ("Variable.get('none', default_var='x')", "x", [["variable", "none", False]]),
        ("Variable.get('none', default_var=None)", None, [["variable", "none", False]]),
        ("Variable.get('none', None)", None, [["variable", "none", False]]),
    ],
)
def test_variables_come_from_the_configuration_or_the_calls_own_default(
    room: Room, expression: str, value: object, reads: list[list[object]]
) -> None:
    assert room(_try, expression) == {"value": value, "reads": reads}


def test_a_missing_variable_raises_airflows_own_error_and_says_how_to_declare_it(room: Room) -> None:
    found = room(_try, "Variable.get('none')")
    assert found["error"] == ("AirflowRuntimeError" if at_least(3, 0) else "KeyError")
    assert HINT.format(kind="variable") in found["message"]
    assert found["reads"] == [["variable", "none", False]]


@pytest.mark.parametrize("get", ["Connection.get_connection_from_secrets", "BaseHook.get_connection"])
def test_a_connection_may_be_a_uri(room: Room, get: str) -> None:
    found = room(
        _try, f"(lambda c: [c.conn_type, c.host, c.password, c.port, c.schema, c.extra_dejson])({get}('shop'))"
    )
    assert found["value"] == ["postgres", "db.example.com", "p@ss", 5432, "orders", {"sslmode": "require"}]
    assert found["reads"] == [["connection", "shop", True]]


@pytest.mark.parametrize("get", ["Connection.get_connection_from_secrets", "BaseHook.get_connection"])
def test_a_connection_may_be_json(room: Room, get: str) -> None:
    found = room(_try, f"(lambda c: [c.conn_type, c.host, c.extra_dejson])({get}('api'))")
    assert found["value"] == ["http", "api.example.com", {"token": "t"}]


@pytest.mark.parametrize("get", ["Connection.get_connection_from_secrets", "BaseHook.get_connection"])
def test_a_missing_connection_raises_airflows_own_error_and_says_how_to_declare_it(room: Room, get: str) -> None:
    found = room(_try, f"{get}('none')")
    assert found["error"] == "AirflowNotFoundException"
    assert "The conn_id `none` isn't defined" in found["message"]
    assert HINT.format(kind="connection") in found["message"]
    assert found["reads"] == [["connection", "none", False]]


def test_the_environment_comes_first_and_is_told_too(room: Room) -> None:
    found = room(_try, "Variable.get('country')", "os.environ['AIRFLOW_VAR_COUNTRY'] = 'fr'\n")
    assert found == {"value": "fr", "reads": [["variable", "country", True]]}


def test_a_written_variable_is_kept_and_told(room: Room) -> None:
    found = room(
        _try, "[Variable.set('new', '5'), Variable.get('new'), Variable.delete('new'), Variable.get('new', 0)]"
    )
    assert found["value"] == [None, "5", 1, 0]
    told = [["variable", "new", False], *[["variable", "new", True]] * 2, ["variable", "new", False]]
    assert found["reads"] == told


def test_a_variable_that_is_no_text_is_written_as_the_installed_version_does(room: Room) -> None:
    found = room(_try, "[Variable.set('new', 5), Variable.get('new')]")
    if at_least(3, 0):
        assert found["error"] == "ValidationError"
    else:
        assert found["value"] == [None, "5"]


def test_serialized_json_comes_back(room: Room) -> None:
    expression = "[Variable.set('new', [1], serialize_json=True), Variable.get('new', deserialize_json=True)]"
    assert room(_try, expression)["value"] == [None, [1]]


def test_update_needs_what_is_there(room: Room) -> None:
    assert room(_try, "[Variable.update('country', 'at'), Variable.get('country')]")["value"] == [None, "at"]


def test_setdefault_writes_once(room: Room) -> None:
    expression = "[Variable.setdefault('new', 'a'), Variable.setdefault('new', 'b'), Variable.get('country')]"
    assert room(_try, expression)["value"] == ["a", "a", "de"]


def test_clear_forgets_what_was_written(room: Room) -> None:
    expression = "[Variable.set('country', 'at'), stores.clear(), Variable.get('country')]"
    assert room(_try, expression)["value"] == [None, None, "de"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("SDKVariable.get('country')", "de"),
        ("SDKVariable.get('none', default=7)", 7),
        ("SDKConnection.get('shop').host", "db.example.com"),
    ],
)
def test_the_sdk_reads_the_same(room: Room, expression: str, value: object) -> None:
    found = room(_try, expression)
    if at_least(3, 0):
        assert found["value"] == value
    else:
        assert found["error"] == "NameError"


@pytest.mark.parametrize(
    ("expression", "value", "since"),
    [
        ("asyncio.run(SDKConnection.async_get('shop')).host", "db.example.com", (3, 1)),
        ("list(SDKVariable.keys(prefix='c'))", ["country"], (3, 3)),
    ],
)
def test_what_the_sdk_learnt_later_reads_the_same(
    room: Room, expression: str, value: object, since: tuple[int, int]
) -> None:
    found = room(_try, expression)
    if at_least(*since):
        assert found["value"] == value
    else:
        assert found["error"] in {"NameError", "AttributeError"}


def test_a_missing_connection_says_so_to_async_code_too(room: Room) -> None:
    found = room(_try, "asyncio.run(SDKConnection.async_get('none'))")
    if at_least(3, 1):
        assert (found["error"], found["reads"]) == ("AirflowNotFoundException", [["connection", "none", False]])
        assert HINT.format(kind="connection") in found["message"]
    else:
        assert found["error"] in {"NameError", "AttributeError"}


def test_what_needs_the_metadata_db_is_refused_as_its_use(room: Room) -> None:
    if at_least(3, 0):
        setup = "from airflow.sdk.bases.xcom import BaseXCom\n"
        call = "BaseXCom.get_one(key='k', task_id='t', dag_id='d', run_id='r')"
    else:
        setup = "from airflow.models import XCom\n"
        call = "XCom.get_one(key='k', task_id='t', dag_id='d', run_id='r')"
    found = room(_try, call, setup)
    assert (found["error"], found["reads"]) == ("MetadataDatabaseRefusedError", [["database"]])


def _signatures() -> list[str]:
    import inspect

    from airflow.models import Connection, Variable

    from dagcheck._airflow import stores

    def seen() -> list[str]:
        methods = (Variable.get, Variable.set, Variable.update, Variable.delete, Connection.get_connection_from_secrets)
        return [str(inspect.signature(method)) for method in methods]

    before = seen()
    stores.install({}, {}, lambda _access: None)
    return ["same"] if seen() == before else seen()


def test_signatures_stay_as_they_were(room: Room) -> None:
    assert room(_signatures) == ["same"]
