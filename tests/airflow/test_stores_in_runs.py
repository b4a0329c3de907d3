"""The stores of a test wherever a run reads and writes: the same on both engines, and in no metadata DB."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

pytestmark = pytest.mark.every_version
Found = dict[str, Any]

ENGINES: tuple[Literal["memory"], Literal["airflow"]] = ("memory", "airflow")
_INLINE_TRIGGERS = at_least(2, 9)  # `dag.test()` of 2.7 and 2.8 leaves them to a triggerer
_NAMES = ["stored", "lacking", "deferred"]  # of the DAGs
_TRIGGER = """
from asgiref.sync import sync_to_async
from airflow.models import Variable
from airflow.triggers.base import BaseTrigger, TriggerEvent
try:
    from airflow.sdk import Connection
except ImportError:
    from airflow.models import Connection
try:
    from airflow.sdk import BaseHook
except ImportError:
    from airflow.hooks.base import BaseHook

class Ask(BaseTrigger):
    def serialize(self):
        return "shop_triggers.Ask", {}

    async def run(self):
        found = [await sync_to_async(Variable.get)("country"), Variable.get("none", None)]
        found.append((await sync_to_async(BaseHook.get_connection)("shop")).host)
        if hasattr(Connection, "async_get"):
            found.append((await Connection.async_get("shop")).login)
        yield TriggerEvent(found)
"""
_DAGS = """
import logging, pendulum
from airflow import DAG
from airflow.models import BaseOperator, Variable
from shop_triggers import Ask, BaseHook
try:
    from airflow.sdk import Variable as Newer, task
except ImportError:
    from airflow.decorators import task
    Newer = Variable

class Asks(BaseOperator):
    def execute(self, context):
        self.defer(trigger=Ask(), method_name="resumed")

    def resumed(self, context, event):
        return event

SETTINGS = dict(schedule="@daily", start_date=pendulum.datetime(2024, 1, 1, tz="UTC"), catchup=False)

with DAG("stored", **SETTINGS) as stored:
    at_parse_time = [Variable.get("country"), BaseHook.get_connection("shop").host]

    @task
    def reads():
        return [Variable.get("country"), Newer.get("limits", deserialize_json=True), Variable.get("none", None)]

    @task
    def writes():
        Variable.set("seen", "yes")
        Newer.set("total", {"rows": 3}, serialize_json=True)
        Variable.delete("old")
        return [Newer.get("seen"), Variable.get("total", deserialize_json=True), Variable.get("old", "gone")]

    @task
    def connects():
        found = BaseHook.get_connection("shop")
        return [found.host, found.port, found.extra_dejson]

    @task
    def templated(text):
        return text

    @task
    def pulls(ti=None):
        return [ti.xcom_pull(task_ids="extract", dag_id="another"), ti.xcom_pull(task_ids="before")]

    @task
    def doubles(number):
        return 2 * number

    reads(), writes(), connects()
    templated("{{ var.value.country }} {{ var.json.limits.rows }} {{ var.value.get('none', '-') }} "
              "{{ conn.shop.host }}")
    doubles.expand(number=pulls())

with DAG("deferred", **SETTINGS) as deferred:
    Asks(task_id="asks")

with DAG("lacking", **SETTINGS) as lacking:
    @task
    def variable():
        Variable.get("contry")
    @task
    def connection():
        BaseHook.get_connection("shpo")
    @task
    def tells():
        key, shop = Variable.get("api_key"), BaseHook.get_connection("shop")
        logging.getLogger("shop.orders").info("the key is %s, the password %s", key, shop.password)
        raise ValueError(f"{shop.password} was not accepted, nor was {shop.extra_dejson['token']}")
    variable(), connection(), tells()
"""
_NOTHING = """
import pendulum
from airflow import DAG
try:
    from airflow.sdk import task
except ImportError:
    from airflow.decorators import task

with DAG("nothing", schedule="@daily", start_date=pendulum.datetime(2024, 1, 1, tz="UTC"), catchup=False) as nothing:
    @task
    def pushes(ti=None):
        ti.xcom_push("found", None)

    @task(multiple_outputs=True)
    def returns_several():
        return {"found": None, "looked": True}

    @task
    def returns():
        return None

    pushes(), returns_several(), returns()
"""


def _ran(folder: str, trigger: str, dags: str, engine: Literal["memory", "airflow"], names: list[str]) -> Found:
    """Run the DAGs under the stores of a test; tell what came of it, what the stores heard, and what a DB has of it."""
    import contextlib
    import io
    import sqlite3
    import sys

    from dagcheck import run_dag
    from dagcheck._airflow import metadata_db
    from dagcheck.stores import airflow_connections, airflow_variables, airflow_xcoms

    Path(folder, "shop_triggers.py").write_text(trigger, encoding="utf-8")
    sys.path.insert(0, folder)
    used: list[str] = []
    metadata_db.install(lambda: used.append("used"))  # as the sandbox does: whoever asks Airflow's own DB is refused
    module: dict[str, Any] = {"__name__": "dags", "__file__": __file__}
    shop = {"conn_type": "http", "host": "shop.example.com", "login": "me", "password": "open-sesame", "port": 80}
    found: Found = {}
    with (
        airflow_variables(country="de", limits={"rows": 10}, old="x", api_key="key-of-the-api") as variables,
        airflow_connections(shop={**shop, "extra": {"token": "token-of-the-shop"}}) as connections,
        airflow_xcoms(before=3) as xcoms,
        contextlib.redirect_stdout(io.StringIO()),
    ):
        xcoms.set("extract", 4, dag_id="another")
        exec(compile(dags, __file__, "exec"), module)  # noqa: S102 -- text of this file
        for name in names:
            run = run_dag(module[name], "2024-01-01", engine=engine)
            found[name] = {
                "state": run.run_state, "states": run.states, "log": run.log, "tracebacks": str(run.errors),
                "xcoms": {task: values.get("return_value") for task, values in run.xcoms.items()},
                "errors": {task: error.message for task, error in run.errors.items()},
            }  # fmt: skip
        found["at parse time"] = module["at_parse_time"]
        found["pulled"] = xcoms.get("doubles", map_index=1)
    found["written"] = variables.written
    found["reads"] = [sorted(set(one.reads)) for one in (variables, connections, xcoms)]
    found["used"] = used
    if engine == "airflow":
        import os

        from dagcheck._airflow.dag_test_database import _place

        with contextlib.closing(sqlite3.connect(_place(os.getpid()))) as db:
            counts = db.execute("SELECT (SELECT count(*) FROM variable), (SELECT count(*) FROM connection)")
            found["rows"] = list(counts.fetchone())
    return found


def _given_to_one_run(dags: str, folder: str, trigger: str) -> list[Any]:
    """What run_dag itself is given, beside a store of the other kind."""
    import contextlib
    import io
    import sys

    from dagcheck import run_dag
    from dagcheck.stores import airflow_connections, airflow_variables

    Path(folder, "shop_triggers.py").write_text(trigger, encoding="utf-8")
    sys.path.insert(0, folder)
    module: dict[str, Any] = {"__name__": "dags", "__file__": __file__}
    with airflow_variables(country="-"), airflow_connections(shop="http://shop.example.com"):
        exec(compile(dags, __file__, "exec"), module)  # noqa: S102 -- text of this file
    found = []
    given = {"country": "fr", "limits": {"rows": 1}}
    with contextlib.redirect_stdout(io.StringIO()):
        for engine in ENGINES:
            with airflow_connections(shop="http://outer.example.com") as connections:
                run = run_dag(module["stored"], "2024-01-01", engine=engine, variables=given)
                found.append([run.xcom("reads")[0], run.xcom("connects")[0], connections.missing])
            with airflow_variables(country="at", limits={"rows": 1}) as variables:
                shop = {"shop": "http://inner.example.com"}
                run = run_dag(module["stored"], "2024-01-01", engine=engine, connections=shop)
                found.append([run.xcom("reads")[0], run.xcom("connects")[0], variables.written["seen"]])
    return found


def _pushing_nothing(dags: str) -> list[Any]:
    import contextlib
    import io

    from dagcheck import run_dag

    module: dict[str, Any] = {"__name__": "dags", "__file__": __file__}
    exec(compile(dags, __file__, "exec"), module)  # noqa: S102 -- text of this file
    with contextlib.redirect_stdout(io.StringIO()):
        return [dict(run_dag(module["nothing"], "2024-01-01", engine=engine).states) for engine in ENGINES]


def _with_airflow(folder: str, trigger: str, dags: str, names: list[str], nothing: str) -> dict[str, Any]:
    """All of it in one process: what `dag.test()` of 3.x makes of its API for itself takes seconds."""
    given = _given_to_one_run(dags, folder, trigger)
    return {"given": given, "nothing": _pushing_nothing(nothing), "ran": _ran(folder, trigger, dags, "airflow", names)}


@pytest.fixture(scope="session")
def with_airflow(room: Room, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    names = _NAMES if _INLINE_TRIGGERS else _NAMES[:2]
    found: dict[str, Any] = room(_with_airflow, str(tmp_path_factory.mktemp("shop")), _TRIGGER, _DAGS, names, _NOTHING)
    return found


@pytest.fixture(scope="session")
def runs(room: Room, with_airflow: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Found]:
    folder = str(tmp_path_factory.mktemp("shop"))
    return {"memory": room(_ran, folder, _TRIGGER, _DAGS, "memory", _NAMES), "airflow": with_airflow["ran"]}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("task", "value"),
    [
        ("reads", ["de", {"rows": 10}, None]),
        ("writes", ["yes", {"rows": 3}, "gone"]),
        ("connects", ["shop.example.com", 80, {"token": "token-of-the-shop"}]),
        ("templated", "de 10 - shop.example.com"),
        ("pulls", [4, 3]),
        ("doubles[0]", 8),
        ("doubles[1]", 6),
    ],
)
def test_a_task_reads_and_writes_the_stores_of_the_test(
    runs: dict[str, Found], engine: str, task: str, value: object
) -> None:
    assert runs[engine]["stored"]["state"] == "success", runs[engine]["stored"]["errors"]
    assert runs[engine]["stored"]["xcoms"][task] == value


@pytest.mark.parametrize("engine", [*ENGINES] if _INLINE_TRIGGERS else ["memory"])
def test_a_trigger_reads_them_at_once_and_asynchronously(runs: dict[str, Found], engine: str) -> None:
    found = ["de", None, "shop.example.com", *(["me"] if at_least(3, 1) else [])]
    assert runs[engine]["deferred"]["xcoms"]["asks"] == found, runs[engine]["deferred"]["errors"]


@pytest.mark.parametrize("engine", ENGINES)
def test_they_answer_while_a_dag_is_written(runs: dict[str, Found], engine: str) -> None:
    assert runs[engine]["at parse time"] == ["de", "shop.example.com"]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_test_sees_what_was_read_and_written(runs: dict[str, Found], engine: str) -> None:
    found = runs[engine]
    assert found["written"] == {"seen": "yes", "total": '{\n  "rows": 3\n}', "old": None}
    assert found["pulled"] == 6
    variables, connections, xcoms = found["reads"]
    assert variables == ["api_key", "contry", "country", "limits", "none", "old", "seen", "total"]
    assert connections == ["shop", "shpo"]
    assert {"before.return_value", "extract.return_value", "pulls.return_value"} <= set(xcoms)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("variable", "the test has no variable 'contry': give it to run_dag(variables={...}) or to the fixture"),
        ("connection", "the test has no connection 'shpo': give it to run_dag(connections={...}) or to the fixture"),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(runs: dict[str, Found], engine: str, task: str, said: str) -> None:
    assert said in runs[engine]["lacking"]["errors"][task]


@pytest.mark.parametrize("engine", ENGINES)
def test_secrets_are_masked_in_the_errors_of_a_run(runs: dict[str, Found], engine: str) -> None:
    assert runs[engine]["lacking"]["errors"]["tells"] == "*** was not accepted, nor was ***"
    assert "open-sesame" not in runs[engine]["lacking"]["tracebacks"]


def test_secrets_are_masked_in_the_log_of_a_run_whichever_logger_tells_them(runs: dict[str, Found]) -> None:
    log = runs["memory"]["lacking"]["log"]["tells"]
    assert "INFO - the key is ***, the password ***" in log
    assert "open-sesame" not in str(log)


def test_no_metadata_db_is_asked_or_has_any_of_it(runs: dict[str, Found]) -> None:
    assert [runs[engine]["used"] for engine in ENGINES] == [[], []]
    assert runs["airflow"]["rows"] == [0, 0]


def test_what_a_run_is_given_and_the_stores_around_it_go_together(with_airflow: dict[str, Any]) -> None:
    given = ["fr", "outer.example.com", []]
    around = ["at", "inner.example.com", "yes"]
    assert with_airflow["given"] == [given, around] * 2


def test_an_xcom_may_be_none_but_to_the_api_server_of_3_0(with_airflow: dict[str, Any]) -> None:
    pushed = "failed" if at_least(3, 0) and not at_least(3, 1) else "success"
    states = {"pushes": pushed, "returns_several": pushed, "returns": "success"}
    assert with_airflow["nothing"] == [states] * 2
