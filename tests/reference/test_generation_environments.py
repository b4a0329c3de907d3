"""One DAG in three environments, and the file that configures it."""

from __future__ import annotations

import datetime
import json
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from generated_dags import GENERATION

if TYPE_CHECKING:
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.running.result import Run

RunDag = Callable[..., "Run"]
DAY = datetime.date(2024, 1, 31)
ENVIRONMENTS = {"dev": 5, "staging": 100, "prod": 1000}
ON_POSTGRES = pytest.mark.pattern("B7", how="PostgreSQL")
FILE = "environments.yaml"


@pytest.fixture
def database(shop_database: MockPostgres, monkeypatch: pytest.MonkeyPatch) -> MockPostgres:
    """Each environment's Connections lead to a schema of its own; everywhere there are seven orders."""
    address = shop_database.address
    for name in ENVIRONMENTS:
        shop_database.execute(f"CREATE SCHEMA {name}")
        for table in ("shop_orders", "order_facts"):
            shop_database.execute(f"CREATE TABLE {name}.{table} (LIKE public.{table})")
        for system in ("SHOP", "WAREHOUSE"):
            monkeypatch.setenv(f"AIRFLOW_CONN_{system}_{name.upper()}", json.dumps(
                {"conn_type": "postgres", "host": address.host, "port": address.port, "login": address.user,
                 "password": address.password, "schema": address.database,
                 "extra": {"options": f"-c search_path={name}"}}
            ))  # fmt: skip
        order = {"day": DAY, "region": "eu-west", "product": "desk", "quantity": 1, "refund": 0}
        shop_database.seed(f"{name}.shop_orders", [{"order_id": f"{name}{number}", **order} for number in range(7)])
    return shop_database


@ON_POSTGRES
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_has_its_own_connections_and_batch_size(
    database: MockPostgres, same_with_airflow: RunDag, environment: str
) -> None:
    run = same_with_airflow("orders_by_environment", DAY, variables={"environment": environment})
    assert run.success
    assert run.rendered["load_orders"]["batch_size"] in {ENVIRONMENTS[environment], str(ENVIRONMENTS[environment])}
    for name in ENVIRONMENTS:
        found = [row["order_id"] for row in database.query(f"TABLE {name}.order_facts ORDER BY order_id")]
        assert found == ([f"{name}{number}" for number in range(7)] if name == environment else [])


@ON_POSTGRES
@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ("prd", "unknown environment 'prd': there are dev, prod, staging; did you mean 'prod'?"),
        ("PROD ", "unknown environment 'PROD ': there are dev, prod, staging"),
        ("", "unknown environment '': there are dev, prod, staging"),
    ],
)
def test_an_unknown_environment_is_refused_by_name(
    database: MockPostgres, run_dag: RunDag, environment: str, told: str
) -> None:
    run = run_dag("orders_by_environment", DAY, variables={"environment": environment})
    assert run.states == {"choose_settings": "failed", "load_orders": "upstream_failed"}
    assert told in run.errors["choose_settings"].message
    assert len(run.tries["choose_settings"]) == 1  # no retry
    assert database.query("SELECT * FROM prod.order_facts") == []


@pytest.mark.pattern("B7")
def test_without_the_variable_nothing_runs_as_some_default(run_dag: RunDag, airflow_variables: Any) -> None:
    run = run_dag("orders_by_environment", DAY)
    assert run.states == {"choose_settings": "failed", "load_orders": "upstream_failed"}
    assert airflow_variables.missing == ["environment"]


@pytest.mark.pattern("B7")
def test_parsing_asks_for_no_variable(airflow_variables: Any, module_of: Callable[[str], ModuleType]) -> None:
    module_of("orders_by_environment")
    assert "SETTINGS" in runpy.run_path(str(GENERATION / "environments.py"))
    assert airflow_variables.reads == []


PROD = "    batch_size: 1000"
MISTAKES = {
    "zero": (PROD, "    batch_size: 0", "environments.prod.batch_size: Input should be greater than or equal to 1"),
    "no number": (PROD, "    batch_size: many", "environments.prod.batch_size: Input should be a valid integer"),
    "too much": (PROD, "    batch_size: 10001", "environments.prod.batch_size: Input should be less than"),
    "misspelt": (PROD, "    batchsize: 1000", "environments.prod.batchsize: Extra inputs are not permitted"),
    "missing": ("    target_conn_id: warehouse_prod\n", "", "environments.prod.target_conn_id: Field required"),
    "odd id": ("warehouse_prod", "Warehouse Prod", "environments.prod.target_conn_id: String should match pattern"),
    "default": ("batch_size: 100\n", "batch_size: -1\n", "environments.staging.batch_size: Input should be greater"),
    "version": ("version: 2", "version: 3", "version: Input should be 2"),
    "no version": ("version: 2", "", "version: Field required"),
    "no environment": ("environments:", "environments: {}\nothers:", "environments: Dictionary should have at least 1"),
    "more keys": ("defaults:", "default:", "default: Extra inputs are not permitted"),
    "no mapping": ("  batch_size: 100\n", "  - 100\n", "defaults: Input should be a valid dictionary"),
    "no YAML": ("environments:", "environments: [", "environments.yaml:"),
}


@pytest.mark.pattern("B11")
@pytest.mark.parametrize(("old", "new", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_bad_value_of_any_environment_is_named_with_file_and_key(
    module_of: Callable[[str], ModuleType], tmp_path: Path, old: str, new: str, told: str
) -> None:
    error = module_of("orders_by_environment").read_settings.__globals__["validated"].__globals__["ConfigurationError"]
    text = (GENERATION / FILE).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / FILE).write_text(text.replace(old, new), encoding="utf-8")
    shutil.copy(GENERATION / "environments.py", tmp_path)
    with pytest.raises(error) as raised:
        runpy.run_path(str(tmp_path / "environments.py"))
    assert any(line.startswith(FILE) and told in line for line in raised.value.problems), raised.value.problems


@pytest.mark.pattern("B11")
def test_every_mistake_is_told_at_once(module_of: Callable[[str], ModuleType], tmp_path: Path) -> None:
    text = (GENERATION / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(text.replace("batch_size: 1000", "batch_size: 0").replace("shop_dev", "Shop"), "utf-8")
    with pytest.raises(ValueError, match="batch_size") as raised:
        module_of("orders_by_environment").read_settings(tmp_path / FILE)
    assert [line.split(": ")[1] for line in str(raised.value).splitlines()] == [
        "environments.dev.source_conn_id", "environments.prod.batch_size",
    ]  # fmt: skip


@pytest.mark.pattern("B11")
def test_a_default_counts_where_an_environment_says_nothing(module_of: Callable[[str], ModuleType]) -> None:
    chosen = module_of("orders_by_environment").SETTINGS
    assert {name: chosen.of(name).batch_size for name in ENVIRONMENTS} == ENVIRONMENTS
