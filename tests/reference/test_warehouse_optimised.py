"""Each of the optimisations, measured."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.running.result import Run

DAG = "optimised_exports_eu_west"
RUN = "2024-03-05 06:00"


@pytest.fixture(scope="module")
def optimised(module_of: Callable[[str], ModuleType]) -> ModuleType:
    return module_of(DAG)


@pytest.fixture
def prices(mock_postgres: MockPostgres, airflow_variables: Any, tmp_path: Path) -> MockPostgres:
    from common.shop import PRODUCTS

    airflow_variables.set(reference_store=str(tmp_path))
    mock_postgres.add_connections("warehouse_db")
    mock_postgres.execute("CREATE TABLE prices (product text PRIMARY KEY, cents integer)")
    mock_postgres.seed("prices", [{"product": product, "cents": cents} for product, cents in PRODUCTS.items()])
    return mock_postgres


@pytest.mark.pattern("B6", how="PostgreSQL")
@pytest.mark.usefixtures("prices")
def test_the_same_content_is_summed_up_once_and_xcom_holds_references(
    run_dag: Callable[..., Run], same_with_airflow: Callable[..., Run]
) -> None:
    first, again = run_dag(DAG, RUN), same_with_airflow(DAG, RUN)
    assert first.success
    assert [run.xcom("summarise")["hit"] for run in (first, again)] == [False, True]
    assert first.xcom("price") == again.xcom("price") > 0
    long = run_dag(DAG, RUN, params={"days": 50}).xcom("export")
    assert set(long) == {"path", "digest", "rows"}
    assert long["rows"] > 5 * first.xcom("export")["rows"]
    assert len(str(long)) - len(str(first.xcom("export"))) < 10


@pytest.mark.pattern("B6", how="PostgreSQL")
@pytest.mark.usefixtures("prices")
def test_a_corrected_source_is_not_answered_from_the_cache(
    optimised: ModuleType, run_dag: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_dag(DAG, RUN).xcom("summarise")["hit"] is False
    monkeypatch.setattr(optimised, "orders_of", lambda _day: [])
    corrected = run_dag(DAG, RUN).xcom("summarise")
    assert (corrected["hit"], set(corrected["sold"].values())) == (False, {0})


@pytest.mark.pattern("B6", how="PostgreSQL")
@pytest.mark.usefixtures("prices")
def test_eight_threads_share_three_connections(run_dag: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    opened: list[Any] = []
    real = PostgresHook.get_conn

    def counting(hook: Any) -> Any:
        opened.append(real(hook))
        return opened[-1]

    monkeypatch.setattr(PostgresHook, "get_conn", counting)  # what the pool opens, not what it lends
    assert run_dag(DAG, RUN).success
    assert 1 <= len(opened) <= 3
    assert all(connection.closed for connection in opened)


@pytest.mark.pattern("B6")
def test_memory_does_not_grow_with_the_number_of_rows(optimised: ModuleType, tmp_path: Path) -> None:
    def peak(days: int) -> int:
        span = [date(2024, 1, 1) + timedelta(days=number) for number in range(days)]
        tracemalloc.start()
        optimised.write_export(optimised.orders_in("eu-west", span), tmp_path / "scratch", tmp_path / "out.gz")
        reached = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return reached

    peak(10)  # what is imported or cached once
    assert peak(400) < peak(20) + 200_000  # the rows themselves are over a megabyte


@pytest.mark.pattern("B6", how="PostgreSQL")
@pytest.mark.usefixtures("prices")
@pytest.mark.parametrize("failures", [0, 1, 2])
def test_scratch_is_gone_after_success_retry_and_failure(
    optimised: ModuleType, run_dag: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failures: int
) -> None:
    real, left = optimised.orders_in, [failures]
    seen: list[int] = []

    def breaking(region: str, days: list[date]) -> Any:
        yield next(real(region, days))
        seen.append(len(list((tmp_path / "scratch").iterdir())))
        if left[0]:
            left[0] -= 1
            raise OSError("no space left on device")

    monkeypatch.setattr(optimised, "orders_in", breaking)
    run = run_dag(DAG, RUN)
    assert run.state("export") == ("failed" if failures == 2 else "success")
    assert seen == [1] * min(failures + 1, 2)  # each try had one, and found none of the try before
    assert list((tmp_path / "scratch").iterdir()) == []
    assert len(list((tmp_path / "exports").glob("*.gz"))) == (failures < 2)


@pytest.mark.pattern("B6")
@settings(deadline=None)
@given(count=st.integers(1, 60))
def test_schedules_are_spread_over_the_hour(optimised: ModuleType, count: int) -> None:
    names = tuple(map(str, range(count)))
    minutes = [int(cron.split()[0]) for cron in optimised.staggered(names, 6).values()]
    assert len(set(minutes)) == count
    gaps = [later - earlier for earlier, later in zip([*minutes], [*minutes[1:], 60], strict=True)]
    assert max(gaps) - min(gaps) <= 1


@pytest.mark.pattern("B6")
def test_each_region_has_minutes_of_its_own(dagbag: Any) -> None:
    dag_ids = [dag_id for dag_id in dagbag.dag_ids if dag_id.startswith("optimised_exports_")]
    assert len({str(dagbag[dag_id].timetable.serialize()) for dag_id in dag_ids}) == len(dag_ids) == 3
