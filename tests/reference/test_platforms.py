"""Use cases across platforms: clusters that do not stay, a classic ETL, an API that is slow, limited and odd."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fake_emr import FakeEmr
from loopback import Reply, Request, Web, http_server

from dagcheck import Fails
from dagcheck.assertions import assert_dependencies

if TYPE_CHECKING:
    from dagcheck.hooks.generic import MockHook
    from dagcheck.hooks.s3.mock import MockS3
    from dagcheck.running.result import Run

NIGHT = "2024-03-05 01:00"
DAY = "2024-03-05"
MockOf = Callable[[type], "MockHook"]


@pytest.fixture
def emr(mock_hook: MockOf, airflow_connections: Any) -> FakeEmr:
    from airflow.providers.amazon.aws.hooks.emr import EmrHook

    airflow_connections.set(emr_default={"conn_type": "emr"}, aws_default={"conn_type": "aws"})
    return FakeEmr().mock(mock_hook(EmrHook))


@pytest.mark.pattern("E13", how="strict fake of EMR")
def test_the_cluster_lives_as_long_as_the_job(emr: FakeEmr, same_with_airflow: Callable[..., Run]) -> None:
    run = same_with_airflow("emr_cluster", NIGHT)
    assert run.success
    assert emr.running == []
    assert [step["HadoopJarStep"]["Args"][-1] for step in emr.steps] == [DAY, DAY]  # one run of each engine
    assert [one.state for one in run.tries["wait_for_step"]] == ["up_for_reschedule"] * 2 + ["success"]


@pytest.mark.pattern("E13", how="strict fake of EMR")
@pytest.mark.parametrize("outcome", ["FAILED", "CANCELLED"])
def test_a_step_that_does_not_succeed_fails_the_run_and_the_cluster_is_gone(
    emr: FakeEmr, same_with_airflow: Callable[..., Run], outcome: str
) -> None:
    emr.outcome = outcome
    run = same_with_airflow("emr_cluster", NIGHT)
    assert (run.state, run.state("terminate_cluster")) == ("failed", "success")
    assert emr.running == []


@pytest.mark.pattern("E13", how="strict fake of EMR")
@pytest.mark.parametrize("task_id", ["add_step", "wait_for_step"])
def test_whichever_task_fails_the_cluster_is_gone(emr: FakeEmr, run_dag: Callable[..., Run], task_id: str) -> None:
    run = run_dag("emr_cluster", NIGHT, outcomes={task_id: Fails(ConnectionError("reset"))})
    assert run.state == "failed"
    assert emr.clusters
    assert emr.running == []


@pytest.mark.pattern("E13", how="strict fake of EMR")
def test_a_termination_that_fails_is_tried_again_and_never_passes_silently(
    emr: FakeEmr, run_dag: Callable[..., Run]
) -> None:
    emr.refuses["terminate_job_flows"] = ConnectionError("throttled")
    run = run_dag("emr_cluster", NIGHT)
    assert (run.state, run.state("wait_for_step")) == ("failed", "success")
    assert len(run.tries["terminate_cluster"]) == 6


@pytest.mark.pattern("E13", how="strict fake of EMR")
def test_without_a_cluster_there_is_nothing_to_terminate(emr: FakeEmr, run_dag: Callable[..., Run]) -> None:
    emr.refuses["run_job_flow"] = ConnectionError("no capacity")
    run = run_dag("emr_cluster", NIGHT)
    assert run.state("create_cluster") == "failed"
    assert "terminate_job_flows" not in {name for name, _ in emr.calls}


@pytest.mark.pattern("E13", how="strict fake of EMR")
def test_a_cluster_that_nobody_ends_ends_itself(emr: FakeEmr, run_dag: Callable[..., Run]) -> None:
    assert run_dag("emr_cluster", NIGHT).success
    (created,) = [parameters for name, parameters in emr.calls if name == "run_job_flow"]
    assert created["AutoTerminationPolicy"] == {"IdleTimeout": 3600}
    assert created["Name"] == f"nightly-{DAY}"


CUSTOMERS = [(1, "Ann", "NL"), (2, 'Bo "B", Ltd', "DE")]


class FakeMySql:
    """A connection of PyMySQL: what it is asked, and rows by the fetchmany that the hook promises."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.closed = 0

    def cursor(self, *_: Any) -> FakeMySql:
        return self

    def execute(self, sql: str, parameters: Any = None) -> None:
        self.asked.append((sql, parameters))
        self.left = list(CUSTOMERS)

    def fetchmany(self, size: int) -> list[Any]:
        found, self.left = self.left[:size], self.left[size:]
        return found

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def mysql(monkeypatch: pytest.MonkeyPatch, airflow_connections: Any) -> FakeMySql:
    import pymysql

    server = FakeMySql()
    given: dict[str, Any] = {}

    def connect(**arguments: Any) -> FakeMySql:
        given.update(arguments)
        assert (given["host"], given["port"], given["user"], given["database"]) == ("db", 3307, "etl", "shop")
        return server

    monkeypatch.setattr(pymysql, "connect", connect)
    airflow_connections.set(
        shop_mysql={
            "conn_type": "mysql",
            "host": "db",
            "port": 3307,
            "login": "etl",
            "password": "x",
            "schema": "shop",
        },
        redshift_default={"conn_type": "redshift"},
    )
    return server


@pytest.fixture
def redshift(mock_hook: MockOf) -> MockHook:
    from airflow.providers.amazon.aws.hooks.redshift_sql import RedshiftSQLHook

    return mock_hook(RedshiftSQLHook).answer("run", None)


@pytest.mark.pattern("E13", how="strict fakes of MySQL, EMR and Redshift; S3")
def test_customers_go_from_mysql_through_spark_into_redshift(
    mysql: FakeMySql, emr: FakeEmr, redshift: MockHook, mock_s3: MockS3, same_with_airflow: Callable[..., Run]
) -> None:
    emr.start("analytics")
    mock_s3.seed("shop-lake")
    run = same_with_airflow("classic_etl", DAY)
    assert run.success
    (sql, parameters) = mysql.asked[0]
    assert ("ORDER BY customer_id" in sql, [str(one) for one in parameters]) == (True, [DAY, "2024-03-06"])
    assert mysql.closed == 4  # cursor and connection, in both runs
    key = run.xcom("extract_customers")
    assert mock_s3.read("shop-lake", key).decode().splitlines() == [
        "customer_id,name,country", "1,Ann,NL", '2,"Bo ""B"", Ltd",DE',
    ]  # fmt: skip
    source, target = emr.steps[0]["HadoopJarStep"]["Args"][-2:]
    assert source == f"s3://shop-lake/{key}"
    statements = list(redshift.calls_of("run")[0].arguments["sql"])
    assert f"FROM '{target}'" in " ".join(statements)
    assert any("DELETE FROM public.customers USING #customers" in one for one in statements)


@pytest.mark.pattern("E13", how="strict fakes of MySQL, EMR and Redshift; S3")
@pytest.mark.usefixtures("mysql")
def test_what_spark_did_not_transform_is_not_loaded(
    emr: FakeEmr, redshift: MockHook, mock_s3: MockS3, run_dag: Callable[..., Run]
) -> None:
    mock_s3.seed("shop-lake")
    emr.start("analytics")
    emr.outcome = "FAILED"
    assert run_dag("classic_etl", DAY).state("load_to_redshift") == "upstream_failed"
    redshift.assert_not_called("run")


@pytest.mark.pattern("E13", how="strict fakes of MySQL, EMR and Redshift; S3")
@pytest.mark.usefixtures("mysql", "redshift")
def test_without_the_shared_cluster_nothing_is_submitted_elsewhere(
    emr: FakeEmr, mock_s3: MockS3, run_dag: Callable[..., Run]
) -> None:
    mock_s3.seed("shop-lake")
    emr.start("reporting")
    emr.start("analytics", "TERMINATED")
    run = run_dag("classic_etl", DAY)
    assert run.state("submit_spark") == "failed"
    assert emr.steps == []


@pytest.fixture
def api(airflow_connections: Any, airflow_variables: Any, tmp_path: Path) -> Iterator[Web]:
    airflow_variables.set(reference_store=str(tmp_path))
    with http_server() as web:
        airflow_connections.set(customer_api=web.url.replace("http://", "http://sync:token@"))
        web.route("GET /customers", page)
        yield web


def page(request: Request) -> Any:
    """250 customers, as many to a page as are asked for."""
    first, size = int(request.query.get("cursor", 0)), int(request.query["limit"])
    items = [{"id": f"c{n:03}", "email": f"{n}@example.com"} for n in range(first, min(first + size, 250))]
    return {"items": items, "next": str(first + size) if first + size < 250 else None}


def copy(tmp_path: Path) -> int:
    with closing(sqlite3.connect(tmp_path / "warehouse.sqlite")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM api_customers").fetchone()
        return int(count)


@pytest.mark.pattern("E13", how="HTTP server")
def test_all_pages_are_fetched_and_the_copy_follows(
    api: Web, tmp_path: Path, same_with_airflow: Callable[..., Run], run_dag: Callable[..., Run]
) -> None:
    run = same_with_airflow("api_sync", DAY)
    assert run.xcom("synchronise") == {"customers": 250, "gone": 0}
    assert [one.query.get("cursor") for one in api.asked("GET /customers")[:3]] == [None, "100", "200"]
    assert api.requests[0].headers["authorization"].startswith("Basic ")
    api.route("GET /customers", lambda _: {"items": [{"id": "c000", "email": "new"}], "next": None})
    assert run_dag("api_sync", "2024-03-06").xcom("synchronise") == {"customers": 1, "gone": 249}
    assert copy(tmp_path) == 1


@pytest.mark.pattern("E13", how="HTTP server")
@pytest.mark.parametrize(("header", "least"), [({"Retry-After": "20"}, 40), ({}, 2), ({"Retry-After": "Fri, 1"}, 120)])
def test_a_rate_limit_costs_the_time_that_the_api_asks_for(
    api: Web, run_dag: Callable[..., Run], header: dict[str, str], least: int
) -> None:
    limited = iter([Reply({}, 429, header)] * 2)
    api.route("GET /customers", lambda request: next(limited, None) or page(request))
    run = run_dag("api_sync", DAY)
    assert run.success
    (fetched,) = run.tries["fetch"]
    assert (fetched.end - fetched.start).total_seconds() >= least


@pytest.mark.pattern("E13", how="HTTP server")
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Reply({}, 429, {"Retry-After": "0"}), "refused 5 times"),
        (Reply(b"<html>"), "no JSON"),
        (Reply([]), "no list of items"),
        (Reply({"items": None}), "no list of items"),
        (Reply({"items": ["c1"]}), "no list of items"),
        (Reply({"items": [], "next": 5}), "not a cursor"),
        (Reply({"items": [], "next": "100"}), "comes back for ever"),
        (Reply({}, 500), "500"),
        (Reply(status=None), ""),
    ],
)
def test_an_answer_that_is_no_page_fails_the_fetch_and_the_copy_stays_as_it_was(
    api: Web, tmp_path: Path, run_dag: Callable[..., Run], answer: Reply, error: str
) -> None:
    assert run_dag("api_sync", DAY).success
    api.route("GET /customers", lambda request: answer if "cursor" in request.query else page(request))
    run = run_dag("api_sync", "2024-03-06")
    assert (run.state("fetch"), run.state("synchronise")) == ("failed", "upstream_failed")
    assert error in run.errors["fetch"].message
    assert copy(tmp_path) == 250


@pytest.mark.pattern("E13", how="HTTP server")
def test_a_server_that_does_not_answer_is_left_after_the_timeout(api: Web) -> None:
    import threading

    from common.hooks.paged_api import PagedApiHook

    wait = threading.Event()
    api.route("GET /customers", lambda _: wait.wait(5))
    with pytest.raises(Exception, match=r"(?i)timed out"):
        list(PagedApiHook("customer_api", timeout=0.05).rows("customers", limit=1))
    wait.set()


@pytest.mark.pattern("E13")
def test_the_order_of_what_must_not_overtake() -> None:
    assert_dependencies(
        "emr_cluster",
        """
        create_cluster >> add_step >> wait_for_step >> [terminate_cluster, done]
        create_cluster >> terminate_cluster
        """,
    )
    assert_dependencies("classic_etl", "extract_customers >> submit_spark >> wait_for_spark >> load_to_redshift")
    assert_dependencies("api_sync", "fetch >> synchronise")
