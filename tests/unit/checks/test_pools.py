from __future__ import annotations

from dataclasses import replace

import pytest

from check_samples import SETTINGS, dag, task
from dagcheck.checks.pools import pool_slots, unknown_pool

POOLS = replace(SETTINGS, pools={"warehouse": 4, "closed": 0, "endless": -1})


def test_a_pool_that_is_not_declared_is_told_with_those_that_are() -> None:
    [finding] = unknown_pool(dag(task("a", pool="warehose")), POOLS)
    assert (finding.what, finding.task_id) == ("the pool warehose is not declared", "a")
    assert "default_pool, warehouse, closed, endless" in finding.fix


@pytest.mark.parametrize("pool", ["warehouse", "default_pool"])
def test_a_declared_pool_and_airflows_own_are_known(pool: str) -> None:
    assert not list(unknown_pool(dag(task("a", pool=pool)), POOLS))


@pytest.mark.parametrize(("pool", "slots", "wrong"), [
    ("warehouse", 4, False),
    ("warehouse", 5, True),
    ("default_pool", 128, False),
    ("default_pool", 129, True),
    ("endless", 1000, False),
    ("closed", 1, True),
    ("unknown", 1000, False),
])  # fmt: skip
def test_a_task_may_ask_for_as_many_slots_as_its_pool_has(pool: str, slots: int, wrong: bool) -> None:  # noqa: FBT001
    assert bool(list(pool_slots(dag(task("a", pool=pool, pool_slots=slots)), POOLS))) is wrong


def test_the_configuration_outranks_the_default_size_of_the_default_pool() -> None:
    settings = replace(SETTINGS, pools={"default_pool": 2})
    [finding] = pool_slots(dag(task("a", pool_slots=3)), settings)
    assert finding.what == "asks for 3 slots of the pool default_pool, which has 2"
