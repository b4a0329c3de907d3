from __future__ import annotations

from pathlib import Path

import pytest
from made_dags import dag

from dagcheck.snapshots import compare_snapshot, snapshot_file, snapshot_text, unused_snapshots
from dagcheck.spec import ExternalRef

ORDERS = dag(
    "extract >> [raw.load, raw.check] >> tell; lonely",
    groups=("raw",),
    schedule="0 0 * * *",
    start_date="2024-01-01T00:00:00+01:00",
    timezone="Europe/Berlin",
    tags=("daily", "sales"),
    tasks={
        "extract": {"retries": 3, "retry_delay": 90.0, "documented": True, "line": 12},
        "tell": {"triggers": (ExternalRef(dag_id="mail"), ExternalRef(dag_id="night", task_ids=("b", "a")))},
    },
)


def test_a_snapshot_shows_what_differs_from_the_defaults_in_the_order_of_ids() -> None:
    assert (
        snapshot_text(ORDERS)
        == """\
DAG orders
  schedule: 0 0 * * *
  timezone: Europe/Berlin
  start_date: 2024-01-01T00:00:00+01:00
  catchup: no
  tags: daily, sales
  groups: raw

tasks
  extract: EmptyOperator
    retries: 3
    retry_delay: 90 s
    documented: yes
  lonely: EmptyOperator
  raw.check: EmptyOperator
    group: raw
  raw.load: EmptyOperator
    group: raw
  tell: EmptyOperator
    triggers: mail, night (a, b)

dependencies
  extract >> [raw.check, raw.load] >> tell
  lonely
"""
    )


def test_the_order_in_which_tasks_were_defined_makes_no_difference() -> None:
    assert snapshot_text(dag("b << a; c")) == snapshot_text(dag("c; a >> b"))


def test_a_missing_snapshot_fails_and_is_not_written(tmp_path: Path) -> None:
    file = snapshot_file(tmp_path, ORDERS)
    with pytest.raises(AssertionError, match=r"no snapshot .*orders\.dag\.txt; pytest --dagcheck-snapshot-update"):
        compare_snapshot(ORDERS, file)
    assert list(tmp_path.iterdir()) == []


def test_an_updated_snapshot_holds_until_the_dag_changes(tmp_path: Path) -> None:
    file = snapshot_file(tmp_path, ORDERS, "mine")
    compare_snapshot(ORDERS, file, update=True)
    compare_snapshot(ORDERS, file)
    with pytest.raises(AssertionError) as caught:
        compare_snapshot(dag("extract >> raw.load", groups=("raw",)), file)
    assert "-  extract >> [raw.check, raw.load] >> tell" in str(caught.value)
    assert "+  extract >> raw.load" in str(caught.value)
    assert [path.name for path in file.parent.iterdir()] == ["mine.dag.txt"]


def test_snapshots_beside_used_ones_are_unused(tmp_path: Path) -> None:
    for name in ("a.dag.txt", "b.dag.txt", "notes.txt"):
        (tmp_path / name).touch()
    assert unused_snapshots({str(tmp_path / "a.dag.txt")}) == [tmp_path / "b.dag.txt"]
