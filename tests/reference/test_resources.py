"""Pools, limits and timeouts."""

from __future__ import annotations

import configparser
import json
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.shop import orders_of
from dagcheck import run_dag
from dagcheck.assertions import assert_dependencies, assert_task

if TYPE_CHECKING:
    from dagcheck.hooks.postgres.mock import MockPostgres

FOLDER = Path(__file__).parents[2] / "reference_dags" / "resources"
POOLS: Mapping[str, int] = {
    name: pool["slots"] for name, pool in json.loads((FOLDER / "pools.json").read_text(encoding="utf-8")).items()
}
DAY = "2024-03-05"
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy


def _by_pool(dag: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in dag.tasks:
        found.setdefault(one.pool, []).append(one)
    return found


# A14


@pytest.mark.pattern("A14")
def test_every_pool_that_a_reference_dag_names_is_in_the_file(dagbag: Any) -> None:
    named = {one.pool for spec in dagbag.specs.values() for one in spec.tasks}
    assert {"shop_api", "warehouse_queries"} <= named
    assert named - {"default_pool"} <= POOLS.keys()


@pytest.mark.pattern("A14")
def test_the_pools_are_in_the_form_that_airflow_imports() -> None:
    pools = json.loads((FOLDER / "pools.json").read_text(encoding="utf-8"))
    assert all(pool.keys() == {"slots", "description", "include_deferred"} for pool in pools.values())
    assert all(pool["slots"] >= 1 and isinstance(pool["include_deferred"], bool) for pool in pools.values())


@pytest.mark.pattern("A14")
@pytest.mark.parametrize(("pool", "tasks", "at_once"), [("warehouse_queries", 10, 5), ("shop_api", 3, 5)])
def test_no_more_run_at_once_than_the_pool_allows(dagbag: Any, pool: str, tasks: int, at_once: int) -> None:
    inside = _by_pool(dagbag["pooled_queries"])[pool]
    assert len(inside) == tasks
    assert {POOLS[pool] // one.pool_slots for one in inside} == {at_once}
    for one, other in combinations(inside, 2):  # nothing but the pool keeps them apart
        assert other.task_id not in one.get_flat_relative_ids(upstream=True)
        assert other.task_id not in one.get_flat_relative_ids(upstream=False)


@pytest.mark.pattern("A14")
def test_the_report_has_what_the_queries_and_the_calls_found(same_with_airflow: Callable[..., Any]) -> None:
    run = same_with_airflow("pooled_queries", DAY)
    sold = sum(order["quantity"] for order in orders_of(date(2024, 3, 5)))
    report = dict(run.xcom("report"))
    mean = report.pop("mean_weekly_cents")
    assert sum(report.values()) == sold > 0
    weeks = [run.xcom(f"query_week_{back}") for back in range(10)]
    assert mean == sum(weeks) // 10
    assert min(weeks) > 0


# C9


@pytest.mark.pattern("C9")
def test_the_limits_arrive_on_the_task() -> None:
    assert_task(
        "task_limits", "forecast", pool="high_cpu", pool_slots=2, execution_timeout=timedelta(hours=1), retries=2,
        retry_delay=timedelta(minutes=5), max_retry_delay=timedelta(minutes=30), max_active_tis_per_dag=1,
    )  # fmt: skip
    assert_task("task_limits", "scarce", pool="default_pool", execution_timeout=timedelta(minutes=10), retries=1)


@pytest.mark.pattern("C9")
def test_the_limits_of_the_dag_stand_on_the_dag(dagbag: Any) -> None:
    dag = dagbag["task_limits"]
    assert (dag.max_active_runs, dag.max_active_tasks, dag.dagrun_timeout) == (1, 4, timedelta(hours=4))
    assert not dag.default_args.keys() & {"max_active_runs", "max_active_tasks", "dagrun_timeout"}


@pytest.mark.pattern("C9")
def test_a_task_over_its_time_fails_as_a_timeout_and_is_retried() -> None:
    run = run_dag("task_limits", DAY, outcomes={"forecast": lambda _context: time.sleep(7_200)})
    tries = run.tries["forecast"]
    assert [one.state for one in tries] == ["up_for_retry", "up_for_retry", "failed"]
    assert {one.error and one.error.type.rpartition(".")[2] for one in tries} == {"AirflowTaskTimeout"}
    assert all(timedelta(hours=1) <= one.end - one.start < timedelta(hours=1, minutes=1) for one in tries)
    assert run.states == {"forecast": "failed", "scarce": "upstream_failed"}


@pytest.mark.pattern("C9")
def test_all_tries_of_a_task_fit_into_the_run(dagbag: Any) -> None:
    task = dagbag["task_limits"].get_task("forecast")
    longest = (task.retries + 1) * task.execution_timeout + task.retries * task.max_retry_delay
    assert longest <= dagbag["task_limits"].dagrun_timeout


@pytest.mark.pattern("C9")
def test_a_task_in_time_is_left_alone(same_with_airflow: Callable[..., Any]) -> None:
    run = same_with_airflow("task_limits", DAY)
    assert run.states == {"forecast": "success", "scarce": "success"}
    assert set(run.xcom("scarce")) <= run.xcom("forecast").keys()


# D10


@pytest.mark.pattern("D10")
@PATIENT
@given(megabytes=st.floats(0, 1e7) | st.sampled_from([100.0, 100.1, 1_000.0, 1_000.1]))
def test_the_pool_follows_from_the_size_and_exists(module_of: Callable[[str], Any], megabytes: float) -> None:
    pool = module_of("pools_by_size").pool_for(megabytes)
    expected = "large" if megabytes > 1_000 else "medium" if megabytes > 100 else "standard"
    assert pool == f"{expected}_processing"
    assert pool in POOLS


@pytest.mark.pattern("D10")
def test_each_source_has_its_pool_and_its_priority() -> None:
    assert_task("pools_by_size", "count_eu_west", pool="large_processing", priority_weight=10)
    assert_task("pools_by_size", "count_us_east", pool="medium_processing", priority_weight=5)
    assert_task("pools_by_size", "count_us_west", pool="standard_processing", priority_weight=5)
    assert_dependencies("pools_by_size", "[count_eu_west, count_us_east, count_us_west] >> total")


@pytest.mark.pattern("D10")
def test_the_weights_are_taken_as_they_are(dagbag: Any) -> None:
    rules = [one.weight_rule for one in dagbag["pools_by_size"].tasks]
    assert ["absolute" in f"{rule}{type(rule).__name__}".lower() for rule in rules] == [True] * 4  # a text before 2.9


@pytest.mark.pattern("D10")
def test_all_regions_are_counted(same_with_airflow: Callable[..., Any]) -> None:
    assert same_with_airflow("pools_by_size", DAY).xcom("total") == len(orders_of(date(2024, 3, 5)))


# C10


@pytest.fixture
def orders(shop_database: MockPostgres) -> MockPostgres:
    """The shop's database with the orders of the day."""
    shop_database.seed("shop_orders", [{**order, "day": DAY} for order in orders_of(date(2024, 3, 5))])
    return shop_database


@pytest.mark.pattern("C10", how="PostgreSQL")
def test_a_query_in_time_is_answered(orders: MockPostgres, same_with_airflow: Callable[..., Any]) -> None:
    run = same_with_airflow("bounded_queries", DAY)
    wanted = orders.query("SELECT region, sum(cents) AS cents FROM shop_sales GROUP BY region")
    assert run.xcom("revenue_by_region") == {row["region"]: row["cents"] for row in wanted}
    assert run.xcom("best_region") == max(wanted, key=lambda row: row["cents"])["region"]


@pytest.mark.pattern("C10", how="PostgreSQL")
def test_a_query_that_takes_too_long_is_ended_by_the_server(orders: MockPostgres) -> None:
    orders.execute(
        "DROP VIEW shop_sales; CREATE VIEW shop_sales AS "
        "SELECT day, region, length(pg_sleep(30)::text) AS cents FROM shop_orders LIMIT 1"
    )
    before = time.monotonic()
    run = run_dag("bounded_queries", DAY, params={"statement_timeout": 1})
    assert time.monotonic() - before < 20  # two tries of a second each, of thirty
    assert [one.state for one in run.tries["revenue_by_region"]] == ["up_for_retry", "failed"]
    assert "statement timeout" in run.errors["revenue_by_region"].message
    still_running = (
        "SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE '%shop_sales%' AND pid <> pg_backend_pid()"
    )
    assert orders.query(f"{still_running} AND state = 'active'") == [{"n": 0}]


@pytest.mark.pattern("C10", how="PostgreSQL")
def test_a_timeout_set_on_a_session_that_its_block_closes_is_lost_and_one_of_the_hook_is_not(
    orders: MockPostgres,
) -> None:
    from airflow.providers.postgres.hooks.postgres import PostgresHook
    from sqlalchemy import text
    from sqlalchemy.orm import Session
    from sqlalchemy.pool import NullPool

    from common.hooks.pooled_postgres import PooledPostgresHook

    assert orders.query("SHOW statement_timeout") == [{"statement_timeout": "0"}]
    asked = text("SHOW statement_timeout")
    with Session(PostgresHook("shop_db").get_sqlalchemy_engine({"poolclass": NullPool})) as session:
        session.execute(text("SET statement_timeout = '7s'"))
        assert session.execute(asked).scalar() == "7s"
    assert session.execute(asked).scalar() == "0"  # what a function that returns it from the block hands out
    session.close()

    hook = PooledPostgresHook(postgres_conn_id="shop_db", pool_size=2, statement_timeout=7)
    try:
        assert [hook.get_first("SHOW statement_timeout") for _ in range(3)] == [("7s",)] * 3
    finally:
        hook.dispose()


@pytest.mark.pattern("C10")
def test_a_timeout_of_nothing_is_refused() -> None:
    run = run_dag("bounded_queries", DAY, params={"statement_timeout": 0})
    assert run.states == {"revenue_by_region": "failed", "best_region": "upstream_failed"}
    assert "statement_timeout" in run.errors["revenue_by_region"].message


@pytest.mark.pattern("C10")
def test_the_servers_answer_comes_before_the_tasks_own_timeout(dagbag: Any) -> None:
    dag = dagbag["bounded_queries"]
    longest = dag.params.get_param("statement_timeout").schema["maximum"]
    assert timedelta(seconds=longest) < dag.get_task("revenue_by_region").execution_timeout


@pytest.mark.pattern("C10")
def test_the_settings_of_the_metadata_db_stand_in_their_section() -> None:
    from airflow.configuration import conf

    parser = configparser.ConfigParser()
    parser.read(FOLDER / "database.cfg")
    known = conf.configuration_description
    assert parser.sections() == ["database"]
    assert {"sql_alchemy_pool_size", "sql_alchemy_pool_recycle", "sql_alchemy_max_overflow"} <= {*parser["database"]}
    assert {*parser["database"]} <= known["database"]["options"].keys()
    assert not {*parser["database"]} & known["core"]["options"].keys()
