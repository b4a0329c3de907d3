"""Options of the project's own tests."""

from __future__ import annotations

import pytest

collect_ignore = ["other_team"]  # a repository of its own: tests/plugin/test_other_team.py runs its tests


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--hostile-ways",
        choices=("some", "all"),
        default="some",
        help="run the hostile corpus with two workers only, or also with one and under xdist (minutes each)",
    )
    parser.addoption(
        "--containers", action="store_true", help="run the tests of mocked hooks in containers: tools/docker_engine.py"
    )
    parser.addoption("--differential-dags", type=int, default=30, help="how many random DAGs to run on all engines")
    parser.addoption("--differential-seed", type=int, default=0, help="the seed of the first random DAG")
