"""Paging and incremental loading: every row once, whatever the sizes, whoever interferes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagcheck import Fails
from dagcheck.assertions import assert_dependencies

if TYPE_CHECKING:
    from dagcheck.running.result import Run

DAY = "2024-03-05"
KEYS = st.sets(st.integers(0, 60), max_size=30)


@pytest.fixture(scope="module")
def paged(module_of: Callable[[str], ModuleType]) -> ModuleType:
    return module_of("paged_batches")


@pytest.fixture(scope="module")
def chunked(module_of: Callable[[str], ModuleType]) -> ModuleType:
    return module_of("incremental_chunks")


@pytest.fixture
def store(tmp_path: Path, airflow_variables: Any) -> Path:
    airflow_variables.set(reference_store=str(tmp_path))
    return tmp_path


def rows(store: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(store / "warehouse.sqlite")) as connection:
        return connection.execute(sql).fetchall()


def arrive(connection: sqlite3.Connection, keys: set[int]) -> None:
    with connection:
        connection.executemany("INSERT OR IGNORE INTO inbox VALUES (?, 'lamp', 1, 0)", [(f"{key:03}",) for key in keys])


def booked(connection: sqlite3.Connection) -> set[int]:
    return {int(order_id) for (order_id,) in connection.execute("SELECT order_id FROM booked")}


@pytest.mark.pattern("A15")
@settings(max_examples=200, deadline=None)
@given(there=KEYS, size=st.integers(1, 40), arrivals=st.lists(KEYS, max_size=6))
def test_every_row_is_booked_exactly_once_whenever_it_arrives(
    paged: ModuleType, there: set[int], size: int, arrivals: list[set[int]]
) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(paged.TABLES)
        arrive(connection, there)
        meanwhile = iter(arrivals)
        for page in paged.pages(connection, size):
            assert 1 <= len(page) <= size
            paged.book(connection, page)  # a row that came twice would break the primary key
            arrive(connection, next(meanwhile, set()))
        assert booked(connection) >= there
        for page in paged.pages(connection, size):
            paged.book(connection, page)
        assert booked(connection) == {int(key) for (key,) in connection.execute("SELECT order_id FROM inbox")}


@pytest.mark.pattern("A15")
def test_a_busy_source_does_not_hold_the_run_for_ever(paged: ModuleType) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(paged.TABLES)
        arrive(connection, {1, 2, 3})
        for number, page in enumerate(paged.pages(connection, 1)):
            paged.book(connection, page)
            arrive(connection, {100 + number})
        assert booked(connection) == {1, 2, 3}


@pytest.mark.pattern("A15")
def test_pages_by_offset_lose_and_repeat_rows_that_paging_by_key_does_not(paged: ModuleType) -> None:
    """The trap of the row, run: what the catalogue's document does, on the same rows."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(paged.TABLES)
        arrive(connection, {10, 20, 30, 40})
        seen: list[str] = []
        for offset in (0, 2, 4):
            page = connection.execute("SELECT order_id FROM inbox ORDER BY order_id LIMIT 2 OFFSET ?", (offset,))
            seen += [key for (key,) in page.fetchall()]
            arrive(connection, {offset})
        assert seen == ["010", "020", "020", "030", "030", "040"]


@pytest.mark.pattern("A15")
def test_the_day_is_booked_page_by_page_and_a_rerun_books_nothing(
    store: Path, same_with_airflow: Callable[..., Run], run_dag: Callable[..., Run]
) -> None:
    first = run_dag("paged_batches", DAY, params={"page_size": 10})
    orders = first.xcom("receive_orders")
    assert first.success
    assert first.xcom("book_orders") == [10] * (orders // 10) + [orders % 10] * (orders % 10 > 0)
    assert rows(store, "SELECT count(*) FROM booked") == [(orders,)]
    again = same_with_airflow("paged_batches", DAY)
    assert again.xcom("book_orders") == []


@pytest.mark.pattern("A15")
def test_a_try_that_dies_leaves_whole_pages_and_the_next_goes_on_after_them(
    store: Path, paged: ModuleType, run_dag: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = paged.book, []

    def breaks_once(connection: sqlite3.Connection, page: list[Any]) -> None:
        calls.append(len(page))
        if len(calls) == 2:
            raise ConnectionError("the warehouse went away")
        real(connection, page)

    monkeypatch.setattr(paged, "book", breaks_once)
    run = run_dag("paged_batches", DAY, params={"page_size": 10})
    orders = run.xcom("receive_orders")
    assert [one.state for one in run.tries["book_orders"]] == ["up_for_retry", "success"]
    assert sum(run.xcom("book_orders")) == orders - 10
    assert rows(store, "SELECT count(*) FROM booked") == [(orders,)]


@pytest.mark.pattern("B5")
@settings(deadline=None)
@given(after=st.integers(0, 500), length=st.integers(0, 500), size=st.integers(1, 600))
def test_any_split_covers_every_change_once_and_no_chunk_is_too_large(
    chunked: ModuleType, after: int, length: int, size: int
) -> None:
    parts = chunked.chunks({"after": after, "upto": after + length}, size)
    covered = [change for part in parts for change in range(part["after"] + 1, part["upto"] + 1)]
    assert covered == list(range(after + 1, after + length + 1))
    assert all(0 < part["upto"] - part["after"] <= size for part in parts)


@pytest.mark.pattern("B5")
@settings(max_examples=100, deadline=None)
@given(runs=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4), st.none() | st.integers(0, 3)), max_size=6))
def test_runs_that_fail_anywhere_lose_nothing_and_load_nothing_twice(
    chunked: ModuleType, runs: list[tuple[int, int, int | None]]
) -> None:
    """Each run: so many rows are new, this is the chunk size, and the chunk of this number fails, if there is one."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(chunked.TABLES)
        for new, size, failing in [*runs, (0, 4, None)]:
            connection.executemany("INSERT INTO journal (cents) VALUES (?)", [(cents,) for cents in range(new)])
            planned = chunked.chunks(chunked.pending(connection), size)
            connection.execute("INSERT INTO journal (cents) VALUES (-1)")  # arrives after the plan
            for number, chunk in reversed(list(enumerate(planned))):  # in no order that the mark could rely on
                if number != failing:
                    chunked.copy(connection, chunk)
            if planned and (failing is None or failing >= len(planned)):
                chunked.move_mark(connection, planned[-1]["upto"])
        mark = chunked.pending(connection)["after"]
        expected = connection.execute("SELECT * FROM journal WHERE change <= ?", (mark,)).fetchall()
        assert connection.execute("SELECT * FROM loaded ORDER BY change").fetchall() == expected
        assert chunked.pending(connection)["upto"] - mark == 1  # only what arrived after the last plan


@pytest.mark.pattern("B5")
def test_a_rerun_finds_nothing_new_and_the_next_day_only_its_own(
    store: Path, same_with_airflow: Callable[..., Run], run_dag: Callable[..., Run]
) -> None:
    first = run_dag("incremental_chunks", DAY, params={"chunk_size": 7})
    assert first.success
    total = sum(first.xcom("load_chunk"))
    assert len(first.xcom("load_chunk")) == -(-total // 7)
    again = same_with_airflow("incremental_chunks", DAY)
    assert again.state("advance") == again.state("load_chunk") == "skipped"
    following = run_dag("incremental_chunks", "2024-03-06", params={"chunk_size": 1000})
    assert following.xcom("plan") == [{"after": total, "upto": following.xcom("advance")}]
    loaded = total + sum(following.xcom("load_chunk"))
    assert rows(store, "SELECT count(*), count(DISTINCT order_id) FROM loaded") == [(loaded, loaded)]


@pytest.mark.pattern("B5")
def test_while_one_chunk_fails_the_mark_stays_and_the_next_run_loads_the_span_again(
    store: Path, run_dag: Callable[..., Run]
) -> None:
    failed = run_dag(
        "incremental_chunks", DAY, params={"chunk_size": 7}, outcomes={"load_chunk[1]": Fails(OSError("disk"))}
    )
    assert failed.state == "failed"
    assert failed.state("advance") == "upstream_failed"
    assert rows(store, "SELECT * FROM marks") == []
    assert run_dag("incremental_chunks", DAY, params={"chunk_size": 7}).success
    assert rows(store, "SELECT count(*), count(DISTINCT order_id) FROM loaded") == rows(
        store, "SELECT count(*), count(*) FROM journal"
    )


@pytest.mark.pattern("B5")
def test_chunks_lie_between_the_plan_and_the_mark() -> None:
    assert_dependencies("incremental_chunks", "record_orders >> plan >> [load_chunk, advance]; load_chunk >> advance")
