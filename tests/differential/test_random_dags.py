"""Random DAGs end alike on Airflow's own `dag.test()` and on our engines, task by task.

Only what the engine itself says depends on timing may differ: there Airflow differs from itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.differential.conftest import Oracle


@pytest.mark.parametrize("engine", ["simulate", "run_dag"])
def test_every_task_ends_as_on_airflow(oracle: Oracle, seed: int, engine: str) -> None:
    found = oracle(str(seed))
    again = f"pytest tests/differential --differential-dags 1 --differential-seed {seed}"
    assert "error" not in found, "\n".join([*found["shape"], found["error"], again])
    airflow, ours = found["airflow"], found[engine]
    different = _different(airflow["states"], ours["states"])
    unexplained = [key for key in different if key.partition("[")[0] not in ours["timing"]]
    if airflow["state"] != ours["state"] and not different:
        unexplained.append("the run")
    assert not unexplained, "\n".join([*found["shape"], *_told(airflow, ours, different), again])


def _different(airflow: dict[str, str], ours: dict[str, str]) -> list[str]:
    return sorted(key for key in {**airflow, **ours} if airflow.get(key, "nothing") != ours.get(key, "nothing"))


def _told(airflow: dict[str, Any], ours: dict[str, Any], different: list[str]) -> Iterator[str]:
    yield f"the run: Airflow {airflow['state']}, dagcheck {ours['state']}"
    for key in different:
        timing = " (depends on timing)" if key.partition("[")[0] in ours["timing"] else ""
        theirs, mine = (one["states"].get(key, "nothing") for one in (airflow, ours))
        yield f"{key}: Airflow {theirs}, dagcheck {mine}{timing}"
