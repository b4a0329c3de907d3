"""The hooks. Of dagcheck, only what is tiny is imported before an option or a fixture of its own asks for more."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Any

import pytest

from pytest_dagcheck import hosting, options, tiers

pytest_plugins = [
    "pytest_dagcheck.fixtures.dags",
    "pytest_dagcheck.fixtures.far_ends",
    "pytest_dagcheck.fixtures.hooks",
    "pytest_dagcheck.fixtures.runs",
    "pytest_dagcheck.fixtures.snapshots",
    "pytest_dagcheck.fixtures.stores",
    "pytest_dagcheck.tier_report",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--dagcheck` and its companions."""
    options.add(parser)
    options.add_for_mocks(parser)


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Answer `--dagcheck-list`, `--dagcheck-explain` and `--dagcheck-doctor` without running anything."""
    wanted = ("dagcheck_list", "dagcheck_explain", "dagcheck_doctor")
    if any(config.getoption(name) for name in wanted):
        from pytest_dagcheck import commands

        return commands.answer(config)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """With `dagcheck_hermetic`, prepare for whoever imports Airflow first: it may be a conftest.py."""
    if early_config.getini("dagcheck_hermetic"):
        hosting.prepare_airflow(early_config)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin to load DAG files as early as possible: Airflow is imported while pytest still collects."""
    hosting.enter(config)
    config.addinivalue_line("markers", "dag(dag_id, folder=None): the DAG that the fixture dag gives to this test")
    config.addinivalue_line(
        "markers",
        "dagcheck_backend(tier=None, /, *, postgres=None, s3=None, bigquery=None): the only tier of mocked hooks "
        "(fake, embedded, container, auto) that this test works on",
    )
    if config.getoption("dagcheck_backend") is not None:
        tiers.settings(config)  # a wrong one ends the session now
    if not config.getoption("dagcheck"):
        if config.getoption("dagcheck_write_baseline"):
            raise pytest.UsageError("--dagcheck-write-baseline needs --dagcheck")
        return
    from pytest_dagcheck import guard, session

    config.pluginmanager.register(session.plugin_for(config), "dagcheck-session")
    config.pluginmanager.register(guard, "dagcheck-guard")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Let a failing date of dagcheck's strategies shrink to the earliest that fails."""
    hypothesis = getattr(pyfuncitem.obj, "hypothesis", None)
    if hypothesis is None or "dagcheck.strategies" not in sys.modules:
        return (yield)
    from dagcheck.earliest import shrinking_to_earliest

    inner = hypothesis.inner_test
    hypothesis.inner_test = shrinking_to_earliest(inner)
    try:
        return (yield)
    finally:
        hypothesis.inner_test = inner


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give the xdist workers a folder in common."""
    node.workerinput["dagcheck_shared"] = str(hosting.shared_folder(node.config))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing of the fixtures behind."""
    hosting.leave(config)
