"""The shards of a folder cover all of its files once, and what they leave behind adds up."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

FAULTY = [f"dags/faulty_{number}.py" for number in range(6)]
GOOD = [f"dags/good_{number}.py" for number in range(6)]
SHARDS = ("1/2", "2/2")


def _recording(shard: str) -> tuple[str, ...]:
    return "--dagcheck-baseline=known.json", "--dagcheck-write-baseline", f"--dagcheck-shard={shard}"


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    for number, file in enumerate(FAULTY):
        repository.dag_code(file, f'raise ValueError("fault {number}")\n')
    for number, file in enumerate(GOOD):
        repository.dag(file, f"good_{number}")
    repository.write("test_ordinary.py", "def test_nothing():\n    pass\n")
    return repository


@pytest.fixture(scope="module")
def runs(shop: Repository) -> dict[str, Run]:
    return shop.check_each({shard: (f"--dagcheck-shard={shard}", f"--junitxml={shard[0]}.xml") for shard in SHARDS})


@pytest.fixture(scope="module")
def recorded(shop: Repository) -> list[Run]:
    return [shop.check(*_recording(shard)) for shard in SHARDS]


def _files(run: Run) -> list[str]:
    return [name for name in run.outcomes if name.startswith("dags/") and "::" not in name]


def test_every_file_is_in_one_shard(runs: dict[str, Run]) -> None:
    assert sorted(_files(runs["1/2"]) + _files(runs["2/2"])) == sorted(FAULTY + GOOD)


def test_no_shard_of_two_is_empty(runs: dict[str, Run]) -> None:
    assert all(_files(run) for run in runs.values())


def test_the_dags_are_in_the_shard_of_their_file(runs: dict[str, Run]) -> None:
    for run in runs.values():
        assert {name.partition("::")[0] for name in run.outcomes if name.startswith("dags/")} == set(_files(run))


def test_the_closing_table_counts_the_shard_alone(runs: dict[str, Run]) -> None:
    assert [run.figures["files"] for run in runs.values()] == [len(_files(run)) for run in runs.values()]


def test_the_header_says_what_a_shard_cannot_see(runs: dict[str, Run]) -> None:
    assert "dagcheck: shard 2/2: checks across DAGs see the files of this shard only" in runs["2/2"].text


def test_junit_files_of_the_shards_share_no_dag(shop: Repository, runs: dict[str, Run]) -> None:
    assert len(runs) == len(SHARDS)
    cases = [
        (case.get("classname"), case.get("name"))
        for number in "12"
        for case in ET.parse(shop.root / f"{number}.xml").iter("testcase")
        if case.get("classname") != "test_ordinary"
    ]
    assert len(cases) == len(set(cases)) == len(FAULTY) + 2 * len(GOOD)


def test_baselines_of_the_shards_add_up(shop: Repository, recorded: list[Run]) -> None:
    assert [run.status for run in recorded] == [pytest.ExitCode.OK] * 2
    entries = json.loads((shop.root / "known.json").read_text(encoding="utf-8"))["findings"]
    assert [entry["file"] for entry in entries] == FAULTY


def test_a_shard_calls_no_entry_of_another_stale(recorded: list[Run]) -> None:
    assert [run.findings for run in recorded] == [[], []]


def test_an_only_shard_is_the_whole_and_knows_the_baseline_of_the_parts(shop: Repository, recorded: list[Run]) -> None:
    run = shop.check("--dagcheck-baseline=known.json", "--dagcheck-shard=1/1")
    assert len(recorded) == len(SHARDS)
    assert (run.status, run.figures["baselined"], run.findings) == (pytest.ExitCode.OK, len(FAULTY), [])
