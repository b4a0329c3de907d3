"""Options of the project's own tests."""

from __future__ import annotations

from pathlib import Path

import pytest

collect_ignore = ["other_team"]  # a repository of its own: tests/plugin/test_other_team.py runs its tests

# What the README's command leaves out, as it takes minutes: volume, real engines one after the other.
SLOW = (
    "conformance",
    "differential/test_random_dags.py",
    "plugin/test_everywhere.py",
    "plugin/test_hook_fixtures.py",
    "plugin/test_hostile_dags.py",
    "plugin/test_hostile_dags_alone.py",
    "plugin/test_other_team.py",
    "plugin/test_reference_dags.py",  # which the README's first command checks
    "plugin/test_shipped_examples.py",
    "plugin/test_snapshots.py",
    "reference",
)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_for_ruff = collection_path.name == "test_ruff_itself.py"
    return True if is_for_ruff and not config.getoption("with_ruff") else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = Path(__file__).parent
    slow = tuple(str(folder / one) for one in SLOW)
    for item in items:
        if str(item.path).startswith(slow):
            item.add_marker(pytest.mark.slow)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--hostile-ways",
        choices=("some", "all"),
        default="some",
        help="run the hostile corpus with four workers only, or also with one, with two and under xdist, and more "
        "of its files alone (minutes each)",
    )
    parser.addoption(
        "--containers", action="store_true", help="run the tests of mocked hooks in containers: tools/docker_engine.py"
    )
    parser.addoption("--with-ruff", action="store_true", help="run the tests with ruff itself, which must be installed")
    parser.addoption("--differential-dags", type=int, default=30, help="how many random DAGs to run on all engines")
    parser.addoption("--differential-seed", type=int, default=0, help="the seed of the first random DAG")
