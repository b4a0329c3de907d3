"""Checkpoints: the worker dies at any point, as often as it likes."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Literal
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from common import store as store_module
from common.shop import orders_of
from dagcheck import run_dag

NEVER = -1
DAYS = (date(2024, 3, 5), date(2024, 3, 6))


class _Crash(BaseException):
    """The worker is gone: no `except Exception` sees it."""


class _Crashing:
    """Stands for the module sqlite3: the process dies before its n-th dealing with the database, commits included."""

    def __init__(self, after: int) -> None:
        self.left = after

    def connect(self, path: Path) -> sqlite3.Connection:
        self.tick()
        crashing = self

        class Connection(sqlite3.Connection):
            def execute(self, *arguments: Any) -> Any:
                crashing.tick()
                return super().execute(*arguments)

            def executemany(self, *arguments: Any) -> Any:
                crashing.tick()
                return super().executemany(*arguments)

            def __exit__(
                self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
            ) -> Literal[False]:
                if kind is None:
                    crashing.tick()  # before the commit
                left = super().__exit__(kind, error, traceback)
                if kind is None:
                    crashing.tick()  # after it
                return left

        connection = sqlite3.connect(path, factory=Connection)
        connection.cursor().execute("PRAGMA synchronous=OFF")  # no test cuts the power
        return connection

    def tick(self) -> None:
        if self.left == 0:
            self.left = NEVER
            raise _Crash
        self.left -= self.left > 0


def _ledger(folder: str) -> Counter[str]:
    file = Path(folder) / "warehouse.sqlite"
    if not file.exists():
        return Counter()
    with sqlite3.connect(file) as connection:
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'ledger'").fetchone()
        return Counter(one for (one,) in connection.execute("SELECT order_id FROM ledger")) if there else Counter()


class Machine(RuleBasedStateMachine):
    """Tries for two days in any order, each dying somewhere or not at all."""

    post_next: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.done: set[date] = set()

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(day=st.sampled_from(DAYS), after=st.just(NEVER) | st.integers(0, 45))
    def attempt(self, day: date, after: int) -> None:
        before = _ledger(self.folder.name)
        try:
            with patch.object(store_module, "sqlite3", _Crashing(after)):
                while self.post_next(self.folder.name, f"post_orders {day}", orders_of(day)):
                    pass
        except _Crash:
            assert before <= _ledger(self.folder.name)  # nothing that was posted is gone
            return
        self.done.add(day)

    @invariant()
    def nothing_stands_twice(self) -> None:
        assert max(_ledger(self.folder.name).values(), default=1) == 1

    @invariant()
    def what_was_finished_is_whole(self) -> None:
        posted = set(_ledger(self.folder.name))
        for day in self.done:
            assert {order["order_id"] for order in orders_of(day)} <= posted


@pytest.mark.pattern("C12")
def test_whatever_crashes_each_item_is_processed_exactly_once(module_of: Callable[[str], Any]) -> None:
    machine = type("MachineOfTest", (Machine,), {"post_next": staticmethod(module_of("checkpoints").post_next)})
    run_state_machine_as_test(machine, settings=settings(max_examples=40, stateful_step_count=8, deadline=None))


@pytest.mark.pattern("C12")
@settings(max_examples=12, deadline=None)
@given(crashes=st.lists(st.integers(0, 40), max_size=5))
def test_the_retries_of_one_run_finish_what_was_begun(crashes: list[int]) -> None:
    day = DAYS[0]
    wanted = Counter(order["order_id"] for order in orders_of(day))
    with tempfile.TemporaryDirectory() as folder, patch.object(store_module, "sqlite3", _OneAfterTheOther(crashes)):
        run = run_dag("checkpoints", day.isoformat(), variables={"reference_store": folder})
        assert run.state == "success"
        assert _ledger(folder) == wanted
        again = run_dag("checkpoints", day.isoformat(), variables={"reference_store": folder})
        assert again.xcom("post_orders") == 0  # cleared and run again: nothing is posted twice
        assert _ledger(folder) == wanted


class _OneAfterTheOther:
    """Each failure arms the next crash; the worker that dies is seen by Airflow as a task that failed."""

    def __init__(self, crashes: list[int]) -> None:
        self.crashes = list(crashes)
        self.current = _Crashing(self.crashes.pop() if self.crashes else NEVER)

    def connect(self, path: Path) -> sqlite3.Connection:
        if self.current.left == NEVER and self.crashes:
            self.current = _Crashing(self.crashes.pop())
        try:
            return self.current.connect(path)
        except _Crash:
            raise SystemExit(1) from None


@pytest.mark.pattern("C12")
def test_checkpoints_ends_as_with_airflow(same_with_airflow: Callable[..., Any], tmp_path: Path) -> None:
    run = same_with_airflow("checkpoints", "2024-03-05", variables={"reference_store": str(tmp_path)})
    assert run.xcom("post_orders") == len(orders_of(date(2024, 3, 5)))
    assert sum(_ledger(str(tmp_path)).values()) == len(orders_of(date(2024, 3, 5)))


@pytest.mark.pattern("C12")
def test_a_checkpoint_in_an_xcom_is_gone_at_the_next_try(dag_maker: Any) -> None:
    from common.compat import task

    seen = []
    with dag_maker("forgetful", schedule="@daily") as dag:

        @task(retries=1)
        def counts(ti: Any = None) -> None:
            seen.append(ti.xcom_pull(task_ids="counts", key="checkpoint"))
            ti.xcom_push(key="checkpoint", value=41)
            raise ConnectionError

        counts()
    run_dag(dag, "2024-01-02")
    assert seen == [None, None]
