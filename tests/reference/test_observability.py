"""Metrics, health checks and secrets, seen where they arrive."""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from http_answers import response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import Web, http_server, statsd_server

from common.health import is_slower
from common.shop import orders_of
from common.task_metrics_table import SCHEMA
from dagcheck import Returns, run_dag
from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from dagcheck.hooks.bigquery.mock import MockBigQuery
    from dagcheck.hooks.generic import MockHook
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.stores import Connections, Variables

DAGS = Path(__file__).parents[2] / "reference_dags"
DAY = "2024-03-05"
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
ORDERS = orders_of(date(2024, 3, 5))
# It masks no Variable in a task's log, and its dag.test() wants the FAB provider for a DAG with roles.
IS_3_0 = at_least(3, 0) and not at_least(3, 1)


@pytest.fixture
def statsd() -> Iterator[Callable[[], list[str]]]:
    with statsd_server() as came:
        yield came


def _names(datagrams: list[str]) -> list[str]:
    return sorted(re.sub(r":[\d.]+\|", "|", one) for one in datagrams)


# C5, E16


@pytest.fixture
def listening() -> Iterator[None]:
    """Register the plugin's listeners where Airflow registers those of its plugins folder."""
    try:
        from airflow.sdk.listener import get_listener_manager
    except ImportError:  # before 3.2
        from airflow.listeners.listener import get_listener_manager
    from common.plugins.task_metrics import TaskMetricsPlugin

    manager = get_listener_manager()
    for listener in TaskMetricsPlugin.listeners:
        manager.add_listener(listener)
    yield
    for listener in TaskMetricsPlugin.listeners:
        manager.pm.unregister(listener)


@pytest.mark.pattern("C5", "E16", how="StatsD datagrams")
@pytest.mark.usefixtures("listening")
def test_airflow_calls_the_listener_for_every_task(statsd: Callable[[], list[str]]) -> None:
    run = run_dag("task_metrics", DAY, engine="airflow")
    assert run.states == {"read_orders": "success", "mean_order": "success"}
    assert _names(statsd()) == [
        "airflow.task_duration.task_metrics.mean_order|ms",
        "airflow.task_duration.task_metrics.read_orders|ms",
        "airflow.task_success.task_metrics.mean_order|c",
        "airflow.task_success.task_metrics.read_orders|c",
    ]


@pytest.mark.pattern("C5", how="StatsD datagrams")
@pytest.mark.usefixtures("listening")
def test_a_task_that_fails_is_counted_as_a_failure(statsd: Callable[[], list[str]], dag_maker: Any) -> None:
    from common.compat import task

    with dag_maker("fails", schedule="@daily") as dag:

        @task
        def breaks() -> None:
            raise ValueError

        breaks()
    run_dag(dag, "2024-01-02", engine="airflow")
    found = statsd()
    assert [one for one in found if one.startswith("airflow.task_failure")] == ["airflow.task_failure.fails.breaks:1|c"]
    assert not [one for one in found if "success" in one]


@pytest.mark.pattern("C5", "E16", how="StatsD datagrams")
@settings(PATIENT, max_examples=25)
@given(value=st.floats(0, 1e9), kind=st.sampled_from(["c", "g", "ms"]))
def test_a_metric_is_one_datagram_in_statsd_form(value: float, kind: Any) -> None:
    from common.statsd import emit

    with statsd_server() as came:
        emit("orders", value, kind)
        (line,) = came()
    assert re.fullmatch(rf"airflow\.orders:\d+(\.\d{{1,3}})?\|{kind}", line)
    assert float(line.partition(":")[2].partition("|")[0]) == pytest.approx(value, abs=0.001)


@pytest.mark.pattern("C5")
def test_without_statsd_nothing_is_sent_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    from common.statsd import emit

    with statsd_server() as came:
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "False")
        emit("orders", 1, "c")
        assert came() == []
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "True")
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_HOST", "no.such.host.invalid")
        emit("orders", 1, "c")
        assert came() == []


@pytest.mark.pattern("C5")
def test_task_metrics_ends_as_with_airflow(same_with_airflow: Callable[..., Any]) -> None:
    assert same_with_airflow("task_metrics", DAY).xcom("mean_order") > 0


IN_ANOTHER_PROCESS = """
try:
    from airflow.sdk import BaseHook, Variable
except ImportError:
    from airflow.hooks.base import BaseHook
    from airflow.models import Variable
try:
    from airflow.sdk.listener import get_listener_manager
except ImportError:
    from airflow.listeners.listener import get_listener_manager
connection = BaseHook.get_connection("partner_api")
listeners = [module.__name__ for module in get_listener_manager().pm.get_plugins() if hasattr(module, "__name__")]
print("FOUND", connection.host, connection.password, Variable.get("export_secret_salt"), listeners)
"""


@pytest.mark.pattern("E16", "C5", how="process of its own")
def test_airflow_asks_the_secrets_backend_and_loads_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "connections").mkdir()
    (tmp_path / "connections" / "partner_api").write_text("http://shop:from-file@partner.example.com\n", "utf-8")
    (tmp_path / "variables").mkdir()
    (tmp_path / "variables" / "export_secret_salt").write_text("grains", "utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")},
        "AIRFLOW_HOME": str(tmp_path / "home"), "PYTHONPATH": str(DAGS), "PYTHONDONTWRITEBYTECODE": "",
        "AIRFLOW__SECRETS__BACKEND": "common.secrets.mounted.MountedSecrets",
        "AIRFLOW__SECRETS__BACKEND_KWARGS": f'{{"folder": "{tmp_path}"}}',
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(DAGS / "common" / "plugins"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS], env=environment, capture_output=True, encoding="utf-8", check=False
    )
    (found,) = [line for line in done.stdout.splitlines() if line.startswith("FOUND")] or [done.stderr]
    assert found.startswith("FOUND partner.example.com from-file grains")
    assert "task_metrics" in found


@pytest.mark.pattern("E16")
@pytest.mark.parametrize("name", ["missing", "../variables/salt", "..", "", "a/b"])
def test_the_backend_leaves_what_it_does_not_have_to_others(tmp_path: Path, name: str) -> None:
    from common.secrets.mounted import MountedSecrets

    (tmp_path / "connections").mkdir()
    (tmp_path / "variables").mkdir()
    (tmp_path / "variables" / "salt").write_text("grains", "utf-8")
    backend = MountedSecrets(str(tmp_path))
    assert backend.get_variable("salt") == "grains"
    assert backend.get_conn_value(name) is None


# A10


@pytest.fixture
def metrics(mock_bigquery: MockBigQuery) -> MockBigQuery:
    mock_bigquery.seed("monitoring.task_metrics", [], schema=list(SCHEMA))
    return mock_bigquery


@pytest.mark.pattern("A10", how="BigQuery's API")
def test_the_row_of_a_task_arrives(metrics: MockBigQuery, same_with_airflow: Callable[..., Any]) -> None:
    run = same_with_airflow("bigquery_metrics", DAY)
    row, of_airflow = metrics.rows("monitoring.task_metrics")
    assert (row["dag_id"], row["task_id"], row["records"], row["error"]) == (
        "bigquery_metrics", "validate_orders", len(ORDERS), None,
    )  # fmt: skip
    assert row["logical_date"] == run.date.logical_date
    assert row["seconds"] >= 0
    assert (of_airflow["run_id"], of_airflow["records"]) == (row["run_id"], row["records"])


@pytest.mark.pattern("A10", how="BigQuery's API")
def test_each_try_of_a_task_that_fails_has_its_row(
    metrics: MockBigQuery, module_of: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def invalid(_orders: Any) -> None:
        raise ValueError("refunded without having been delivered")

    monkeypatch.setattr(module_of("bigquery_metrics"), "valid", invalid)
    run = run_dag("bigquery_metrics", DAY)
    assert run.errors["validate_orders"].type == "ValueError"
    rows = metrics.rows("monitoring.task_metrics")
    assert [row["error"] for row in rows] == ["ValueError", "ValueError"]
    assert [row["try_number"] for row in rows] == [1, 2]
    assert {row["records"] for row in rows} == {len(ORDERS)}


@pytest.mark.pattern("A10", how="BigQuery's API")
@pytest.mark.parametrize("fails", [False, True])
def test_metrics_that_are_lost_change_nothing_about_the_task(
    mock_bigquery: MockBigQuery, module_of: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    def valid(orders: Any) -> Any:
        return 1 / 0 if fails else orders

    mock_bigquery.dataset("monitoring")  # without the table
    monkeypatch.setattr(module_of("bigquery_metrics"), "valid", valid)
    run = run_dag("bigquery_metrics", DAY)
    assert run.state == ("failed" if fails else "success")
    assert [error.type for error in run.errors.values()] == (["ZeroDivisionError"] if fails else [])
    assert "the metrics of this task are lost" in "\n".join(run.log["validate_orders"])


@pytest.mark.pattern("A10")
def test_the_fake_refuses_the_method_that_the_hook_does_not_implement(mock_hook: Callable[[type], MockHook]) -> None:
    from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

    mock_hook(BigQueryHook)
    hook = BigQueryHook.__new__(BigQueryHook)  # making one asks for its Connection
    with pytest.raises(NotImplementedError):
        hook.insert_rows(table="monitoring.task_metrics", rows=[{}])


# B8, C14


@pytest.mark.pattern("B8", "C14", how="PostgreSQL, StatsD datagrams")
def test_each_dependency_is_reported(
    shop_database: MockPostgres, api: MockHook, slack: MockHook, statsd: Callable[[], list[str]], tmp_path: Path
) -> None:
    assert shop_database.query("SELECT 1 AS n") == [{"n": 1}]
    api.answer("run", response({"status": "healthy"}), endpoint="health")
    run = run_dag("health_checks", "2024-03-05T09:00+01:00", variables={"reference_store": str(tmp_path)})
    assert run.xcom("verdict") == ["shop_api", "shop_database", "store"]
    assert {name: (one["healthy"], one["error"]) for name, one in run.xcom("report").items()} == {
        "shop_database": (True, None), "shop_api": (True, None), "store": (True, None),
    }  # fmt: skip
    gauges = [one for one in statsd() if one.endswith("|g")]
    assert sorted(gauges) == [
        "airflow.health.shop_api:1|g", "airflow.health.shop_database:1|g", "airflow.health.store:1|g",
    ]  # fmt: skip
    slack.assert_not_called()


@pytest.mark.pattern("B8", "C14", how="StatsD datagrams")
def test_a_critical_dependency_that_is_down_fails_the_run_and_alerts(
    api: MockHook, slack: MockHook, statsd: Callable[[], list[str]], tmp_path: Path
) -> None:
    api.answer("run", ConnectionError("refused"))
    slack.answer("send", None)
    nowhere = {"shop_db": "postgres://shop:pw@127.0.0.1:9/shop?connect_timeout=1"}
    variables = {"reference_store": str(tmp_path)}
    run = run_dag("health_checks", "2024-03-05T09:00+01:00", variables=variables, connections=nowhere)
    assert {key: state for key, state in run.states.items() if state != "success"} == {"verdict": "failed"}
    assert len(run.tries["verdict"]) == 1
    text = slack.assert_called("send").arguments["text"]
    assert "shop_api (ConnectionError: refused)" in text
    assert "shop_database (" in text
    assert "pw@" not in text
    assert {"airflow.health.shop_api:0|g", "airflow.health.store:1|g"} <= set(statsd())


@pytest.mark.pattern("C14")
def test_what_is_not_critical_is_reported_only(slack: MockHook) -> None:
    store = {"name": "store", "healthy": False, "seconds": 0.1, "error": "PermissionError: /store", "slower": False}
    run = run_dag("health_checks", "2024-03-05T09:00+01:00", outcomes={
        "check_dependency": Returns({}), "report": Returns({"store": store}),
    })  # fmt: skip
    assert run.xcom("verdict") == []
    slack.assert_not_called()


@pytest.mark.pattern("C14")
@PATIENT
@given(before=st.lists(st.floats(0.001, 10), min_size=5), times=st.floats(0, 10))
def test_only_a_check_over_three_times_the_median_is_slower(before: list[float], times: float) -> None:
    middle = sorted(before)[len(before) // 2]
    low = sorted(before)[(len(before) - 1) // 2]
    usual = (low + middle) / 2
    assert is_slower(usual * 3 + times + 1e-9, before)
    assert not is_slower(min(times, usual * 3), before)
    assert not is_slower(1e9, before[:4])


@pytest.mark.pattern("C14")
def test_the_trend_is_that_of_the_checks_before(tmp_path: Path) -> None:
    from common.health import Health, keep

    def found(seconds: float, *, healthy: bool = True) -> list[Health]:
        return [{"name": "api", "healthy": healthy, "seconds": seconds, "error": None}]

    for number in range(5):
        assert keep(str(tmp_path), f"2024-03-0{number + 1}", found(1.0)) == {"api": False}
    assert keep(str(tmp_path), "2024-03-06", found(60.0, healthy=False)) == {"api": True}
    assert keep(str(tmp_path), "2024-03-07", found(3.5)) == {"api": True}  # the failed check counts for nothing
    assert keep(str(tmp_path), "2024-03-07", found(3.5)) == {"api": True}  # nor does a retry count twice
    with sqlite3.connect(tmp_path / "warehouse.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM health").fetchone() == (7,)


@pytest.mark.pattern("B8")
def test_health_checks_ends_as_with_airflow(
    shop_database: MockPostgres, api: MockHook, same_with_airflow: Callable[..., Any], tmp_path: Path
) -> None:
    shop_database.seed("shop_customers", [])
    api.answer("run", response({"status": "healthy"}))
    same_with_airflow("health_checks", "2024-03-05T09:00+01:00", variables={"reference_store": str(tmp_path)})


# B9


PASSWORD, SALT = "correct-horse-battery", "grains-of-salt"


@pytest.fixture
def partner(airflow_connections: Connections, airflow_variables: Variables, tmp_path: Path) -> Iterator[Web]:
    """The partner's API, its password in the Connection and the salt in a Variable."""
    airflow_variables.set(reference_store=str(tmp_path), export_secret_salt=SALT)
    with http_server() as web:
        web.route("POST /exports", lambda _request: {"taken": True})
        port = int(web.url.rpartition(":")[2])
        airflow_connections.set(
            partner_api={
                "conn_type": "http", "host": "127.0.0.1", "port": port, "login": "shop", "password": PASSWORD
            }
        )  # fmt: skip
        yield web


def _trail(folder: Path) -> list[tuple[str, str, int | None]]:
    with sqlite3.connect(folder / "warehouse.sqlite") as connection:
        return connection.execute("SELECT who, how, rows FROM audit_trail ORDER BY at").fetchall()


@pytest.mark.pattern("B9", how="HTTP server")
def test_the_secrets_are_used_and_are_seen_nowhere(
    partner: Web, same_with_airflow: Callable[..., Any], tmp_path: Path
) -> None:
    run = (run_dag if IS_3_0 else same_with_airflow)("secured_export", DAY)
    (request, *_) = partner.asked("POST /exports")
    assert b64decode(request.headers["authorization"].split()[1]).decode() == f"shop:{PASSWORD}"
    assert len({row["id"] for row in request.json}) == len(ORDERS) == run.xcom("export_orders")
    seen = f"{run.rendered} {run.log} {run.xcoms} {run.explain()}"
    stored = (tmp_path / "warehouse.sqlite").read_bytes().decode("latin-1")
    assert "export_orders" in seen
    assert not [secret for secret in (PASSWORD, SALT) if secret in seen or secret in stored]
    assert not {order["order_id"] for order in ORDERS} & {row["id"] for row in request.json}


@pytest.mark.pattern("B9", how="HTTP server")
def test_the_trail_tells_who_exported_how_much(partner: Web, tmp_path: Path) -> None:
    assert partner.url
    run_dag("secured_export", DAY)
    assert _trail(tmp_path) == [("scheduled", "begun", None), ("scheduled", "done", len(ORDERS))]


@pytest.mark.pattern("B9", how="HTTP server")
def test_the_trail_tells_of_an_export_that_failed(partner: Web, tmp_path: Path) -> None:
    partner.routes.clear()
    run = run_dag("secured_export", DAY)
    assert run.state("export_orders") == "failed"
    how = [row[1].partition(":")[0] for row in _trail(tmp_path)]
    assert how == ["begun", "failed", "begun", "failed"]


@pytest.mark.pattern("B9")
def test_without_its_salt_nothing_leaves_the_house(partner: Web, airflow_variables: Variables) -> None:
    del airflow_variables.given["export_secret_salt"]
    run = run_dag("secured_export", DAY)
    assert run.state == "failed"
    assert partner.requests == []


@pytest.mark.pattern("B9")
def test_a_secret_that_a_task_logs_is_masked(partner: Web) -> None:
    from common.compat import BaseHook, Variable

    def logs(_context: Any) -> None:
        assert partner.url
        password, salt = BaseHook.get_connection("partner_api").password, Variable.get("export_secret_salt")
        logging.getLogger("airflow.task").info("the secrets are %s and %s", password, salt)

    run = run_dag("secured_export", DAY, outcomes={"export_orders": logs})
    log = "\n".join(run.log["export_orders"])
    assert f"the secrets are *** and {SALT if IS_3_0 else '***'}" in log
    assert PASSWORD not in log


@pytest.mark.pattern("B9", "E16")
def test_the_roles_of_the_dag_stand_on_it(dagbag: Any) -> None:
    roles = dagbag["secured_export"].access_control
    rights = {role: set(given if isinstance(given, set) else given["DAGs"]) for role, given in roles.items()}
    assert rights == {"Analyst": {"can_read"}, "Data steward": {"can_read", "can_edit"}}
