# ruff: noqa: AIR311 -- the old homes are what is tested
"""Variables, Connections and XComs of a test, in a process whose metadata DB is at a place that cannot exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from pathlib import Path

    from tests.airflow.conftest import Room

_IMPORTS = """
import asyncio, json, os
from airflow.models import Connection, Variable
from dagcheck import run_dag
from dagcheck.stores import airflow_connections, airflow_variables, airflow_xcoms
try:
    from airflow.sdk import Connection as SDKConnection, Variable as SDKVariable, task
except ImportError:
    from airflow.decorators import task
try:
    from airflow.sdk import BaseHook
except ImportError:  # 3.0 too
    from airflow.hooks.base import BaseHook
"""


def _try(code: str, expression: str) -> Any:
    """Execute code, then return the value of an expression, or its error."""
    from dagcheck._airflow import metadata_db

    used: list[str] = []
    metadata_db.install(lambda: used.append("used"))
    names: dict[str, Any] = {}
    exec(_IMPORTS, names)  # noqa: S102 -- text of this file
    try:
        exec(code, names)  # noqa: S102 -- text of this file
        value = eval(expression, names)  # noqa: S307 -- text of this file
    except Exception as error:  # noqa: BLE001 -- the tests look at it
        return {"error": type(error).__name__, "message": str(error)}
    return value if not used else {"used": used}


def _in(manager: str, expression: str, room: Room) -> Any:
    return room(_try, f"with {manager} as store:\n    value = {expression}\n", "value")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("Variable.get('country')", "de"),
        ("Variable.get('limits', deserialize_json=True)", {"rows": 10}),
        ("Variable.get('none', 'x')", "x"),
        ("[Variable.set('new', 'a'), Variable.get('new'), store.written]", [None, "a", {"new": "a"}]),
        ("[Variable.get('country'), store.reads, store.missing]", ["de", ["country"], []]),
        ("[Variable.get('none', None), store.missing]", [None, ["none"]]),
        ("[bool(Variable.delete('country')), 'country' in store][1:] + [store.written]", [False, {"country": None}]),
        ("sorted(store)", ["country", "limits"]),
        ("[Variable.set('country', 'at'), store.history[0].action, store.history[0].found]", [None, "write", True]),
    ],
)  # fmt: skip
def test_variables_are_read_written_and_told(room: Room, expression: str, value: object) -> None:
    assert _in("airflow_variables(country='de', limits={'rows': 10})", expression, room) == value


def test_a_variable_that_is_missing_says_how_to_give_it(room: Room) -> None:
    found = _in("airflow_variables()", "Variable.get('country')", room)
    assert found["error"] == ("AirflowRuntimeError" if at_least(3, 0) else "KeyError")
    assert "airflow_variables.set({'country': ...})" in found["message"]


def test_what_the_installed_version_refuses_is_refused(room: Room) -> None:
    found = _in("airflow_variables()", "[Variable.set('rows', 5), Variable.get('rows')]", room)
    assert found == ([None, "5"] if not at_least(3, 0) else {**found, "error": "ValidationError"})


CONNECTION = "airflow_connections(shop={shop})"


@pytest.mark.parametrize(
    "shop",
    [
        "'postgres://me:secret@db.example.com:5432/orders'",
        '\'{"conn_type": "postgres", "host": "db.example.com", "login": "me", "password": "secret"}\'',
        "{'conn_type': 'postgres', 'host': 'db.example.com', 'login': 'me', 'password': 'secret'}",
        "Connection(conn_id='shop', conn_type='postgres', host='db.example.com', login='me', password='secret')",
    ],
)
def test_a_connection_may_be_given_in_any_form(room: Room, shop: str) -> None:
    expression = "(lambda c: [c.conn_type, c.host, c.login, c.password])(BaseHook.get_connection('shop'))"
    found = _in(CONNECTION.format(shop=shop), expression, room)
    assert found == ["postgres", "db.example.com", "me", "secret"]


def test_a_missing_connection_says_how_to_give_it(room: Room) -> None:
    found = _in("airflow_connections()", "BaseHook.get_connection('shop')", room)
    assert found["error"] == "AirflowNotFoundException"
    assert "airflow_connections.set({'shop': ...})" in found["message"]


def test_a_wrong_connection_is_refused_without_its_value(room: Room) -> None:
    found = _in("airflow_connections(shop={'hots': 'secret'})", "store", room)
    assert found["error"] == "UsageError"
    assert "'hots'" in found["message"]
    assert "did you mean 'host'" in found["message"]


def test_files_of_airflows_own_import_formats_are_read(room: Room, tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text('{"country": "de", "limits": {"value": {"rows": 1}, "description": "d"}}')
    (tmp_path / "c.yaml").write_text("shop:\n  conn_type: http\n  host: shop.example.com\n")
    (tmp_path / "c.env").write_text("api=http://api.example.com\n")
    code = f"""
with airflow_variables() as variables, airflow_connections() as connections:
    variables.load({str(tmp_path / "v.json")!r})
    connections.load({str(tmp_path / "c.yaml")!r})
    connections.load({str(tmp_path / "c.env")!r})
    value = [Variable.get('country'), Variable.get('limits', deserialize_json=True)]
    value += [BaseHook.get_connection(name).host for name in ('shop', 'api')]
"""
    assert room(_try, code, "value") == ["de", {"rows": 1}, "shop.example.com", "api.example.com"]


def test_a_file_that_is_not_there_is_named(room: Room) -> None:
    found = _in("airflow_variables()", "store.load('nowhere.json')", room)
    assert (found["error"], found["message"]) == ("ConfigError", "nowhere.json: there is no such file")


def test_the_sdk_and_the_models_read_the_same(room: Room) -> None:
    code = "with airflow_variables(a='1') as v, airflow_connections(c='http://h') as c:\n    value = [{}]"
    models = "Variable.get('a'), Connection.get_connection_from_secrets('c').host"
    sdk = ", SDKVariable.get('a'), SDKConnection.get('c').host" if at_least(3, 0) else ""
    assert room(_try, code.format(models + sdk), "value") == ["1", "h"] * (2 if sdk else 1)


RUN = """
import pendulum
from airflow import DAG
with DAG("orders", schedule="@daily", start_date=pendulum.datetime(2024, 1, 1, tz="UTC")) as dag:
    @task
    def work(rows, ti=None):
        Variable.set("seen", Variable.get("country"))
        return [rows, ti.xcom_pull(task_ids="other", dag_id="another"), BaseHook.get_connection("shop").host]
    work("{{ ti.xcom_pull(task_ids='before') }}")
"""


def test_a_run_uses_the_stores_around_it(room: Room) -> None:
    code = (
        RUN
        + """
with airflow_variables(country='de') as v, airflow_connections(shop='http://h') as c, airflow_xcoms(before=3) as x:
    x.set("other", {"rows": 4}, dag_id="another")
    run = run_dag(dag, "2024-01-01")
    value = [run.errors.get("work") and str(run.errors["work"]), run.xcom("work"), v.written, c.reads, x.get("work")]
"""
    )
    result = ["3", {"rows": 4}, "h"]
    assert room(_try, code, "value") == [None, result, {"seen": "de"}, ["shop"], result]


def test_what_a_run_is_given_comes_before_the_stores_around_it(room: Room) -> None:
    code = RUN + (
        "with airflow_variables(country='de') as v, airflow_connections(shop='http://h'):\n"
        "    run = run_dag(dag, '2024-01-01', variables={'country': 'fr'}, connections={'shop': 'http://other'})\n"
    )
    assert room(_try, code, "run.xcom('work')[2]") == "other"


def test_the_environment_is_seen_and_comes_after_what_is_given(room: Room) -> None:
    code = (
        "os.environ.update(AIRFLOW_VAR_COUNTRY='fr', AIRFLOW_VAR_CITY='paris')\n"
        "with airflow_variables(country='de'):\n"
        "    value = [Variable.get('country'), Variable.get('city')]\n"
    )
    assert room(_try, code, "value") == ["de", "paris"]


def test_stores_inside_one_another_answer_from_the_inside_out(room: Room) -> None:
    code = (
        "with airflow_variables(a='1', b='1') as outer:\n"
        "    with airflow_variables(b='2') as inner:\n"
        "        value = [Variable.get('a'), Variable.get('b')]\n"
        "    value.append(Variable.get('b'))\n"
    )
    assert room(_try, code, "value") == ["1", "2", "1"]


def test_xcoms_that_airflow_cannot_serialise_are_refused(room: Room) -> None:
    assert _in("airflow_xcoms()", "store.set('work', object())", room)["error"] == "TypeError"


def _changed() -> list[str]:
    """Compare the seams before and after, an error inside included."""
    from airflow.models import Connection, Variable

    from dagcheck.stores import airflow_connections, airflow_variables, airflow_xcoms

    owners: list[Any] = [Variable, Connection]
    lists: list[list[Any]] = []
    if at_least(3, 0):
        from airflow.sdk import Connection as SDKConnection
        from airflow.sdk.execution_time import context, supervisor, task_runner

        owners += [SDKConnection, context, supervisor, task_runner]
    else:
        from airflow import configuration
        from airflow.models.taskinstance import TaskInstance
        from airflow.models.xcom import BaseXCom

        owners += [TaskInstance, BaseXCom]
        lists.append(configuration.secrets_backend_list)

    def picture() -> list[Any]:
        return [dict(vars(owner)) for owner in owners] + [list(one) for one in lists]

    before = picture()
    try:
        with airflow_variables(a="1"), airflow_connections(c="http://h"), airflow_xcoms(t=1):
            Variable.get("none")
    except Exception:  # noqa: BLE001, S110 -- it is what is wanted
        pass
    after = picture()
    return [
        f"{number}.{key}"
        for number, (one, other) in enumerate(zip(before, after, strict=True))
        if isinstance(one, dict)
        for key in {*one, *other}
        if one.get(key) is not other.get(key)
    ] + [str(number) for number, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]


def test_nothing_stays_replaced_after_an_error(room: Room) -> None:
    assert room(_changed) == []


def _masked() -> list[bool]:
    from dagcheck._airflow.tries import inert
    from dagcheck.stores import airflow_connections

    with airflow_connections(shop="http://me:very-secret@h"):
        _try("value = BaseHook.get_connection('shop').password", "value")
        inside = inert("very-secret")
    return [inside == "***", inert("very-secret") == "very-secret"]


def test_secrets_are_masked_while_the_store_is_there_and_forgotten_after(room: Room) -> None:
    assert room(_masked) == [True, True]
