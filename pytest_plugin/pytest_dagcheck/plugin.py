"""The hooks. Nothing of dagcheck is imported before an option of its own asks for it."""

from __future__ import annotations

import sys
from collections.abc import Generator

import pytest

from pytest_dagcheck import options


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--dagcheck` and its companions."""
    options.add(parser)


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Answer `--dagcheck-list`, `--dagcheck-explain` and `--dagcheck-doctor` without running anything."""
    wanted = ("dagcheck_list", "dagcheck_explain", "dagcheck_doctor")
    if any(config.getoption(name) for name in wanted):
        from pytest_dagcheck import commands

        return commands.answer(config)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin to load DAG files as early as possible: Airflow is imported while pytest still collects."""
    if not config.getoption("dagcheck"):
        if config.getoption("dagcheck_write_baseline"):
            raise pytest.UsageError("--dagcheck-write-baseline needs --dagcheck")
        return
    from pytest_dagcheck import session

    config.pluginmanager.register(session.plugin_for(config), "dagcheck-session")


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
