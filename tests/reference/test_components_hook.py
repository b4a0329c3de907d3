"""The team's own hook: a pool on a real PostgreSQL, and what happens when connections are lost."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.running.result import Run

pytestmark = pytest.mark.pattern("C2", how="PostgreSQL")
DAY = "2024-01-31"
REGIONS = ("eu-west", "us-east", "us-west")


@pytest.fixture
def hook(module_of: Callable[[str], Any], shop_database: MockPostgres) -> Iterator[Callable[..., Any]]:
    """Make hooks; their pools are closed after the test."""
    assert module_of("customers_warehouse")  # the DAG folder is importable from here on
    assert shop_database.tier == "embedded"
    made = []

    def making(conn_id: str = "shop_db", **options: Any) -> Any:
        from common.hooks.pooled_postgres import PooledPostgresHook

        made.append(PooledPostgresHook(conn_id, **options))
        return made[-1]

    yield making
    for one in made:
        one.dispose()


def pid_of(hook: Any) -> int:
    return int(hook.get_first("SELECT pg_backend_pid()")[0])


def test_a_hundred_borrowings_use_five_connections(hook: Callable[..., Any]) -> None:
    pool, lock, out, most, pids = hook(pool_size=5), threading.Lock(), [0], [0], set()

    def borrow(_number: int) -> None:
        with closing(pool.get_conn()) as lent, closing(lent.cursor()) as cursor:
            with lock:
                out[0] += 1
                most[0] = max(most[0], out[0])
            cursor.execute("SELECT pg_backend_pid(), pg_sleep(0.005)")
            pids.add(cursor.fetchone()[0])
            with lock:
                out[0] -= 1

    with ThreadPoolExecutor(20) as threads:
        assert len(list(threads.map(borrow, range(100)))) == 100
    assert (most[0], len(pids)) == (5, 5)


def test_whoever_wants_one_more_than_there_are_waits_and_then_hears_so(hook: Callable[..., Any]) -> None:
    pool = hook(pool_size=2, pool_timeout=0.05)
    with closing(pool.get_conn()), closing(pool.get_conn()), pytest.raises(Exception, match="QueuePool limit"):
        pool.get_conn()
    assert pid_of(pool) > 0  # both are back


def test_what_the_hook_inherits_gives_its_connections_back(hook: Callable[..., Any]) -> None:
    pool = hook(pool_size=1, pool_timeout=0.2)
    pids = {pid_of(pool) for _ in range(20)}
    pool.run("CREATE TABLE small (n int)")
    pool.insert_rows("small", [(n,) for n in range(3)])
    assert pool.get_records("SELECT n FROM small ORDER BY n") == [(0,), (1,), (2,)]
    assert {pid_of(pool)} == pids


@pytest.mark.parametrize("failing", ["SELECT 1 / 0", "SELEC"])
def test_a_failed_statement_does_not_cost_a_connection(hook: Callable[..., Any], failing: str) -> None:
    pool = hook(pool_size=1, pool_timeout=0.2)
    before = pid_of(pool)
    for _ in range(3):
        with pytest.raises(Exception, match=r"division by zero|syntax error"):
            pool.run(failing)
    assert pid_of(pool) == before


def test_autocommit_of_one_does_not_pass_to_the_next(hook: Callable[..., Any]) -> None:
    pool = hook(pool_size=1)
    pool.run("CREATE TABLE small (n int)", autocommit=True)
    with closing(pool.get_conn()) as lent, closing(lent.cursor()) as cursor:
        cursor.execute("INSERT INTO small VALUES (1)")  # and no commit
    assert pool.get_first("SELECT count(*) FROM small") == (0,)


def test_a_connection_that_the_server_has_dropped_is_replaced(
    hook: Callable[..., Any], shop_database: MockPostgres
) -> None:
    pool = hook(pool_size=1)
    before = pid_of(pool)
    shop_database.execute(f"SELECT pg_terminate_backend({before})")
    after = [pid_of(pool) for _ in range(3)]
    assert before not in after
    assert len(set(after)) == 1


def test_work_is_done_again_when_the_connection_is_lost_in_the_middle(
    hook: Callable[..., Any], shop_database: MockPostgres
) -> None:
    shop_database.execute("CREATE TABLE small (n int)")
    tries: list[int] = []

    def work(cursor: Any) -> int:
        tries.append(len(tries))
        cursor.execute("INSERT INTO small VALUES (%s)", [len(tries)])
        if len(tries) < 3:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return len(tries)

    assert hook(attempts=3).in_transaction(work) == 3
    assert shop_database.query("SELECT n FROM small") == [{"n": 3}]


def test_a_connection_that_is_always_lost_is_told_after_the_last_attempt(hook: Callable[..., Any]) -> None:
    tries: list[int] = []

    def work(cursor: Any) -> None:
        tries.append(1)
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(ConnectionError, match="lost the connection to shop_db: "):
        hook(attempts=2).in_transaction(work)
    assert len(tries) == 2


def test_any_other_error_undoes_the_work_and_is_not_repeated(
    hook: Callable[..., Any], shop_database: MockPostgres
) -> None:
    shop_database.execute("CREATE TABLE small (n int)")
    tries: list[int] = []

    def work(cursor: Any) -> None:
        tries.append(1)
        cursor.execute("INSERT INTO small VALUES (1)")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        hook().in_transaction(work)
    assert len(tries) == 1
    assert shop_database.query("SELECT n FROM small") == []


def test_a_statement_that_hangs_is_cut_off(hook: Callable[..., Any]) -> None:
    pool = hook(pool_size=1, statement_timeout=0.1)
    with pytest.raises(Exception, match="statement timeout"):
        pool.get_first("SELECT pg_sleep(30)")
    assert pool.get_first("SELECT 1") == (1,)


def test_a_limit_of_the_connection_itself_goes_first(
    hook: Callable[..., Any], shop_database: MockPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, extra = shop_database.address, {"options": "-c statement_timeout=1234"}
    monkeypatch.setenv("AIRFLOW_CONN_STRICT_DB", json.dumps(
        {"conn_type": "postgres", "host": address.host, "port": address.port, "login": address.user,
         "password": address.password, "schema": address.database, "extra": extra}
    ))  # fmt: skip
    assert hook("strict_db").get_first("SHOW statement_timeout") == ("1234ms",)


def test_a_server_that_cannot_be_reached_is_tried_again(
    hook: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        uri = f"postgres://u:pw-4711@127.0.0.1:{server.getsockname()[1]}/x?sslmode=disable"
        monkeypatch.setenv("AIRFLOW_CONN_SHUT_DB", uri)

        def hang_up() -> None:
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return
                calls.append(1)

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(Exception, match=r"server closed the connection|connection failed"):
            hook("shut_db", attempts=3).get_first("SELECT 1")
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    assert len(calls) == 3


def test_each_region_is_counted_and_a_rerun_replaces_the_counts(
    shop_database: MockPostgres, same_with_airflow: Callable[..., Run]
) -> None:
    customers = [(number, REGIONS[number % 2]) for number in range(7)]
    shop_database.seed("shop_customers", [{"customer_id": number, "region": region} for number, region in customers])
    run = same_with_airflow("customers_warehouse", DAY)
    assert run.success
    assert run.xcom("count_customers") == {"eu-west": 4, "us-east": 3, "us-west": 0}
    counts = "SELECT day::text, region, customers FROM customer_counts ORDER BY region"
    assert [tuple(row.values()) for row in shop_database.query(counts)] == [
        (DAY, "eu-west", 4), (DAY, "us-east", 3), (DAY, "us-west", 0),
    ]  # fmt: skip
