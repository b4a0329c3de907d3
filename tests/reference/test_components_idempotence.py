"""E19 on a real PostgreSQL: however often, and in whatever order, the dates run, the same rows are left."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagcheck.dagbag import dag_named
from dagcheck.dates import run_dates

if TYPE_CHECKING:
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.running.result import Run

RunDag = Callable[..., "Run"]
pytestmark = pytest.mark.pattern("E19", how="PostgreSQL")
FIRST = datetime.date(2024, 3, 29)  # the clocks change on the 31st
PRICES = {"chair": 4900, "desk": 24900, "lamp": 1950, "shelf": 7500}
REVENUE = "SELECT day, region, orders, cents FROM daily_revenue ORDER BY day, region"
FACTS = st.tuples(
    st.integers(0, 4), st.sampled_from(["eu-west", "us-east"]), st.sampled_from(sorted(PRICES)), st.integers(0, 2)
)
PROPERTY = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def day(offset: int) -> datetime.date:
    return FIRST + datetime.timedelta(days=offset)


def seed(database: MockPostgres, facts: Sequence[tuple[int, str, str, int]]) -> None:
    database.execute("TRUNCATE shop_orders")
    names = ("day", "region", "product", "quantity")
    database.seed("shop_orders", [
        {**dict(zip(names, (day(fact[0]), *fact[1:]), strict=True)), "order_id": f"o{number}", "refund": 0}
        for number, fact in enumerate(facts)
    ])  # fmt: skip


def expected(facts: Sequence[tuple[int, str, str, int]], days: set[int]) -> list[dict[str, Any]]:
    sums: dict[tuple[datetime.date, str], list[int]] = defaultdict(lambda: [0, 0])
    for offset, region, product, quantity in facts:
        if offset in days and quantity:
            sums[day(offset), region][0] += 1
            sums[day(offset), region][1] += quantity * PRICES[product]
    return [{"day": key[0], "region": key[1], "orders": n, "cents": c} for key, (n, c) in sorted(sums.items())]


@PROPERTY
@given(facts=st.lists(FACTS, max_size=8), runs=st.lists(st.integers(0, 4), min_size=1, max_size=5))
def test_dates_run_in_any_order_and_repeatedly_leave_the_rows_of_one_run_each(
    shop_database: MockPostgres, run_dag: RunDag, facts: list[tuple[int, str, str, int]], runs: list[int]
) -> None:
    shop_database.execute("TRUNCATE daily_revenue")
    seed(shop_database, facts)
    for offset in runs:
        assert run_dag("idempotent_revenue", day(offset)).success
    assert shop_database.query(REVENUE) == expected(facts, set(runs))


@PROPERTY
@given(facts=st.lists(FACTS, max_size=8), ends=st.tuples(st.integers(0, 4), st.integers(0, 4)), backwards=st.booleans())
def test_a_backfill_of_any_range_equals_its_days_one_by_one(
    shop_database: MockPostgres,
    run_dag: RunDag,
    facts: list[tuple[int, str, str, int]],
    ends: tuple[int, int],
    backwards: bool,  # noqa: FBT001 -- Hypothesis names it
) -> None:
    first, last = sorted(ends)
    shop_database.execute("TRUNCATE daily_revenue")
    seed(shop_database, facts)
    dates = run_dates(dag_named("idempotent_revenue"), day(first), day(last))
    assert len(dates) == last - first + 1
    for date in reversed(dates) if backwards else dates:
        assert run_dag("idempotent_revenue", date).success
    assert shop_database.query(REVENUE) == expected(facts, set(range(first, last + 1)))


def test_a_corrected_source_replaces_what_was_there(
    shop_database: MockPostgres, run_dag: RunDag, same_with_airflow: RunDag
) -> None:
    seed(shop_database, [(0, "eu-west", "desk", 1), (0, "us-east", "lamp", 1), (1, "eu-west", "lamp", 2)])
    assert same_with_airflow("idempotent_revenue", day(0)).success
    assert run_dag("idempotent_revenue", day(1)).success
    seed(shop_database, [(0, "eu-west", "desk", 2)])  # a region lost its orders, the next day all of them
    assert same_with_airflow("idempotent_revenue", day(0)).success
    assert shop_database.query(REVENUE) == [
        {"day": day(0), "region": "eu-west", "orders": 1, "cents": 49_800},
        {"day": day(1), "region": "eu-west", "orders": 1, "cents": 3_900},
    ]
    assert run_dag("idempotent_revenue", day(1)).success
    assert [row["day"] for row in shop_database.query(REVENUE)] == [day(0)]


def test_a_run_that_fails_leaves_the_day_as_it_was_and_its_retry_replaces_it(
    shop_database: MockPostgres, run_dag: RunDag
) -> None:
    seed(shop_database, [(0, "eu-west", "desk", 1)])
    assert run_dag("idempotent_revenue", day(0)).success
    before = shop_database.query(REVENUE)
    seed(shop_database, [(0, "eu-west", "lamp", 1), (0, "us-east", "desk", 1)])
    shop_database.execute("ALTER TABLE daily_revenue ADD CONSTRAINT one CHECK (region <> 'us-east')")
    assert run_dag("idempotent_revenue", day(0)).run_state == "failed"
    assert shop_database.query(REVENUE) == before
    shop_database.execute("ALTER TABLE daily_revenue DROP CONSTRAINT one")
    assert run_dag("idempotent_revenue", day(0)).success
    assert [row["cents"] for row in shop_database.query(REVENUE)] == [1_950, 24_900]
