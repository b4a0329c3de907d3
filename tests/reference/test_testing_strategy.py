"""How reference DAGs are tested: a function alone, a structure, a whole run, a mocked service, and all of it in CI."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck.assertions import assert_dependencies, assert_no_cycles, assert_task
from dagcheck.errors import UsageError

if TYPE_CHECKING:
    from dagcheck.running.result import Run

ROOT = Path(__file__).parents[2]
DAY = "2024-03-05"
SHOP = {"shop_db": "postgres://shop.example.com/shop"}
TOLD = {"day": DAY, "orders": 12, "products": 4}


@pytest.mark.pattern("E4", "C13")
def test_every_file_of_the_folder_imports(dagbag: Any) -> None:
    assert dagbag.import_errors == {}
    assert len(dagbag.dag_ids) == len(dagbag) > 30


@pytest.mark.pattern("E4")
def test_a_dag_has_as_many_tasks_as_it_should(dagbag: Any) -> None:
    dag = dagbag["linear_pipeline"]
    assert len(dag.tasks) == 4
    assert dag.get_task("validate") in dag.get_task("transform").downstream_list


@pytest.mark.pattern("C13")
def test_no_dag_has_a_cycle_and_every_task_its_properties(dagbag: Any) -> None:
    for spec in dagbag.specs.values():
        assert_no_cycles(spec)
        assert spec.tasks
        assert all(task.retries >= 1 and task.execution_timeout for task in spec.tasks), spec.dag_id
    assert_task("etl_basics", "load", retries=2, retry_delay=datetime.timedelta(minutes=5))


@pytest.mark.pattern("C13")
def test_a_property_that_is_otherwise_is_told() -> None:
    with pytest.raises(AssertionError, match="retries"):
        assert_task("etl_basics", "load", retries=3)


@pytest.mark.pattern("E17")
def test_a_function_of_a_task_is_tested_alone(module_of: Callable[[str], ModuleType]) -> None:
    paths_for = module_of("complex_branching").paths_for
    assert paths_for(datetime.date(2024, 7, 1)) == ["weekly_full_refresh"]  # a Monday
    assert paths_for(datetime.date(2024, 8, 1)) == ["monthly_aggregate", "compliance_report"]


@pytest.mark.pattern("A12", "E17")
def test_a_whole_dag_is_run_in_memory_and_by_airflow(
    same_with_airflow: Callable[..., Run], run_dag: Callable[..., Run], store: Path
) -> None:
    del store
    assert_dependencies("linear_pipeline", "extract >> transform >> validate >> load")
    ours = same_with_airflow("linear_pipeline", DAY)
    theirs = run_dag("linear_pipeline", DAY, engine="airflow")
    assert ours.success
    assert ours.xcom("load") == theirs.xcom("load") == len(ours.xcom("validate")) > 0


@pytest.mark.pattern("A12")
def test_a_run_sees_the_connections_of_the_test_and_no_others(run_dag: Callable[..., Run]) -> None:
    run = run_dag("database_record", DAY)
    assert run.state("wait_for_orders") == "failed"
    assert "shop_db" in run.errors["wait_for_orders"].message


@pytest.fixture
def postgres(mock_hook: Callable[[type], Any]) -> Any:
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    return mock_hook(PostgresHook)


@pytest.mark.pattern("A13", how="strict fake")
def test_a_database_is_mocked_with_canned_answers(run_dag: Callable[..., Run], postgres: Any) -> None:
    postgres.answer("get_first", (12, 4))
    run = run_dag("database_record", DAY, connections=SHOP)
    assert run.success
    assert run.xcom("summarise") == TOLD
    assert [call.arguments["parameters"] for call in postgres.calls] == [{"day": DAY}, {"day": DAY}]


@pytest.mark.pattern("A13", how="strict fake")
def test_rows_that_come_later_are_waited_for(run_dag: Callable[..., Run], postgres: Any) -> None:
    postgres.answer("get_first", (12, 4)).answer("get_first", (9,), times=2)
    run = run_dag("database_record", DAY, connections=SHOP)
    assert [one.state for one in run.tries["wait_for_orders"]] == ["up_for_reschedule", "up_for_reschedule", "success"]


@pytest.mark.pattern("A13", how="strict fake")
def test_a_database_that_is_down_fails_the_task_and_not_the_test(run_dag: Callable[..., Run], postgres: Any) -> None:
    postgres.answer("get_first", ConnectionError("the database is down"))
    run = run_dag("database_record", DAY, connections=SHOP)
    assert (run.state("wait_for_orders"), run.state("summarise")) == ("failed", "upstream_failed")
    assert run.errors["wait_for_orders"].message == "the database is down"


@pytest.mark.pattern("A13", how="strict fake")
def test_a_call_that_production_would_refuse_is_refused(postgres: Any) -> None:
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    postgres.answer("get_first", (12, 4))
    with pytest.raises(TypeError):
        PostgresHook().get_first("SELECT 1", no_such_argument=1)
    with pytest.raises(UsageError, match="get_first"):
        postgres.answer("get_frist", (12, 4))


@pytest.mark.pattern("E17")
def test_ci_runs_all_tests_on_every_version_and_users_have_jobs_to_copy() -> None:
    tox = (ROOT / "tox.ini").read_text(encoding="utf-8")
    for version in ("27", "28", "29", "210", "211", "30", "31", "32", "33"):
        assert f"airflow{version}: -c constraints/airflow-{version[0]}.{version[1:]}.txt" in tox
    assert re.search(r"pytest .*\{posargs:tests\}", tox)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    for page in ("README.md", "docs/ci.md"):
        assert "pytest --dagcheck" in (ROOT / page).read_text(encoding="utf-8")
