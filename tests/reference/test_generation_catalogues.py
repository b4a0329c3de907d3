"""DAGs made from a database: what is up is published, what is down costs nothing."""

from __future__ import annotations

import json
import runpy
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from generated_dags import GENERATION, content, generated

if TYPE_CHECKING:
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.running.result import Run

RunDag = Callable[..., "Run"]
WHEN = "2024-01-31T12:00"
WITH_POSTGRES = pytest.mark.pattern("D2", "B2", how="PostgreSQL")
COMMITTED = {"from_database.py": ["database_web_orders", "database_web_revenue"],
             "from_api.py": ["api_monitor_basket", "api_monitor_shop"]}  # fmt: skip


@pytest.fixture
def configurations(mock_postgres: MockPostgres, catalogue: Path) -> MockPostgres:
    mock_postgres.add_connections("catalogue_db")
    mock_postgres.execute((GENERATION / "sql" / "pipeline_configurations.sql").read_text(encoding="utf-8"))
    assert not catalogue.exists()
    return mock_postgres


def row(name: str, schedule: str = "@daily", *, is_active: bool = True, **config: Any) -> dict[str, Any]:
    config = {"measure": "orders", **config}
    return {"pipeline_name": name, "schedule": schedule, "is_active": is_active, "config": json.dumps(config)}


@pytest.fixture
def published(configurations: MockPostgres, catalogue: Path, run_dag: RunDag) -> dict[str, bytes]:
    """A catalogue that was refreshed while all was well."""
    configurations.seed("pipeline_configurations", [row("one"), row("two", "@hourly", regions=["eu-west"])])
    assert run_dag("refresh_pipeline_catalogue", WHEN).success
    return content(catalogue)


@WITH_POSTGRES
def test_before_the_first_refresh_the_committed_rows_are_dags(module_of: Callable[[str], ModuleType]) -> None:
    module_of("refresh_pipeline_catalogue")
    assert generated("from_database.py") == ["database_web_orders", "database_web_revenue"]


@WITH_POSTGRES
def test_after_a_refresh_the_active_rows_are_dags(
    configurations: MockPostgres, same_with_airflow: RunDag, catalogue: Path
) -> None:
    configurations.seed("pipeline_configurations", [row("b"), row("a", "@hourly"), row("off", is_active=False)])
    run = same_with_airflow("refresh_pipeline_catalogue", WHEN)
    assert run.success
    assert run.xcom("refresh") == ["a", "b"]
    assert generated("from_database.py") == ["database_a", "database_b"]
    assert list(content(catalogue)) == ["pipelines.json"]  # and no temporary file


@WITH_POSTGRES
def test_a_generated_dag_does_what_its_row_says(published: dict[str, bytes], run_dag: RunDag, tmp_path: Path) -> None:
    assert published
    dags = {dag.dag_id: dag for dag in runpy.run_path(str(GENERATION / "from_database.py"))["DAGS"]}
    run = run_dag(dags["database_two"], WHEN, variables={"reference_store": str(tmp_path)})
    assert run.success
    assert list(run.xcom("measure_orders")) == ["eu-west"]


@pytest.mark.parametrize("dag_id", ["database_web_revenue", "database_web_orders"])
@WITH_POSTGRES
def test_a_committed_pipeline_runs(dag_id: str, same_with_airflow: RunDag, tmp_path: Path) -> None:
    when = "2024-01-31" if dag_id.endswith("revenue") else "2024-01-31T12:15"
    assert same_with_airflow(dag_id, when, variables={"reference_store": str(tmp_path)}).success


def refuse(_database: MockPostgres, monkeypatch: pytest.MonkeyPatch, _module: ModuleType) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("AIRFLOW_CONN_CATALOGUE_DB", f"postgres://u:pw-4711@127.0.0.1:{port}/x")  # nobody listens there


def hang(database: MockPostgres, monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
    database.execute("ALTER TABLE pipeline_configurations RENAME TO slow")
    database.execute("CREATE VIEW pipeline_configurations AS SELECT slow.* FROM slow, pg_sleep(60)")
    monkeypatch.setitem(module.PATIENCE, "statement_timeout", 0.2)


def lose_the_table(database: MockPostgres, _monkeypatch: pytest.MonkeyPatch, _module: ModuleType) -> None:
    database.execute("DROP TABLE pipeline_configurations")


def empty_the_table(database: MockPostgres, _monkeypatch: pytest.MonkeyPatch, _module: ModuleType) -> None:
    database.execute("TRUNCATE pipeline_configurations")


@pytest.fixture
def told(
    request: pytest.FixtureRequest,
    published: dict[str, bytes],
    configurations: MockPostgres,
    module_of: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """What the refresh must say after the database, which was well, has begun to misbehave."""
    assert published
    misbehave, told = request.param
    misbehave(configurations, monkeypatch, module_of("refresh_pipeline_catalogue"))
    return str(told)


@WITH_POSTGRES
@pytest.mark.parametrize(
    "told",
    [
        (refuse, "Connection refused"), (hang, "statement timeout"), (lose_the_table, "does not exist"),
        (empty_the_table, "there is no entry at all"),
    ],
    ids=["down", "slow", "no table", "empty"], indirect=True,
)  # fmt: skip
def test_a_database_that_fails_leaves_the_last_good_dags(
    published: dict[str, bytes], told: str, run_dag: RunDag, catalogue: Path
) -> None:
    before = time.monotonic()
    run = run_dag("refresh_pipeline_catalogue", WHEN)
    assert time.monotonic() - before < 20
    assert run.run_state == "failed"
    assert told in run.errors["refresh"].message
    assert len(run.tries["refresh"]) == 3
    assert content(catalogue) == published
    assert generated("from_database.py") == ["database_one", "database_two"]


@WITH_POSTGRES
def test_a_database_that_accepts_and_says_nothing_is_given_up(
    published: dict[str, bytes],
    module_of: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    catalogue: Path,
) -> None:
    module = module_of("refresh_pipeline_catalogue")
    monkeypatch.setitem(module.PATIENCE, "connect_timeout", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("AIRFLOW_CONN_CATALOGUE_DB", f"postgres://u:pw-4711@127.0.0.1:{port}/x")
        before = time.monotonic()
        with pytest.raises(Exception, match="timeout"):
            module.refresh.function()
        assert time.monotonic() - before < 15
    assert content(catalogue) == published


@WITH_POSTGRES
def test_a_bad_row_is_named_and_keeps_its_last_good_version(
    published: dict[str, bytes], configurations: MockPostgres, run_dag: RunDag, catalogue: Path
) -> None:
    configurations.execute("DELETE FROM pipeline_configurations")
    rows = [row("one", "every day"), row("three"), row("four", measure="clicks")]
    configurations.seed("pipeline_configurations", rows)
    run = run_dag("refresh_pipeline_catalogue", WHEN)
    assert run.run_state == "failed"
    message = run.errors["refresh"].message
    assert "pipeline_configurations: one: schedule: Value error, 'every day'" in message
    assert "pipeline_configurations: four: measure: Input should be" in message
    assert len(run.tries["refresh"]) == 1  # asking again would not help
    assert generated("from_database.py") == ["database_one", "database_three"]
    before = {one["name"]: one for one in json.loads(published["pipelines.json"])}
    after = {one["name"]: one for one in json.loads(content(catalogue)["pipelines.json"])}
    assert after["one"] == before["one"]


@pytest.mark.pattern("D2", "D3")
@pytest.mark.parametrize("name", COMMITTED)
@pytest.mark.parametrize("text", ["", "[", "{}", "null", "[]", "[1]", '[{"name": "x"}]', '{"name": "x"}'])
def test_a_published_file_that_cannot_be_read_is_as_if_it_were_not_there(
    module_of: Callable[[str], ModuleType], catalogue: Path, name: str, text: str
) -> None:
    module_of("refresh_pipeline_catalogue")
    catalogue.mkdir()
    for file in ("pipelines.json", "endpoints.json"):
        (catalogue / file).write_text(text, encoding="utf-8")
    assert generated(name) == COMMITTED[name]


@pytest.mark.pattern("D2", "D3")
def test_a_reader_sees_the_old_file_or_the_new_one(module_of: Callable[[str], ModuleType], catalogue: Path) -> None:
    module = module_of("refresh_pipeline_catalogue")
    from common.last_good import publish

    versions = [[module.Pipeline(name=f"p{n}", measure="orders") for n in range(size)] for size in (1, 400)]
    publish(module.COMMITTED, versions[0])
    done = threading.Event()

    def write() -> None:
        for number in range(60):
            publish(module.COMMITTED, versions[number % 2])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    sizes = set()
    while not done.is_set():
        sizes.add(len(json.loads((catalogue / "pipelines.json").read_text(encoding="utf-8"))))
    writer.join()
    assert sizes <= {1, 400}
    assert sizes


@pytest.mark.pattern("D2", "D3")
def test_without_a_folder_nothing_is_published(
    module_of: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = module_of("refresh_pipeline_catalogue")
    from common.last_good import RefusedError, publish

    monkeypatch.delenv("REFERENCE_CATALOGUE", raising=False)
    with pytest.raises(RefusedError, match="REFERENCE_CATALOGUE is not set"):
        publish(module.COMMITTED, [module.Pipeline(name="x", measure="orders")])
