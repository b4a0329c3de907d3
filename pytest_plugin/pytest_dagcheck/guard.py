"""With `--dagcheck`, tests that use a fixture of dagcheck reach no network while they run."""

from __future__ import annotations

import sys
from collections.abc import Generator

import pytest

from pytest_dagcheck.tiers import settings

_OURS = "pytest_dagcheck."


def open_hosts(config: pytest.Config) -> tuple[str, ...]:
    """Return the hosts that tests may reach: the configured ones, and those where our own containers are."""
    containers = sys.modules.get("dagcheck.hooks.containers")
    return (*settings(config).test_network, *(containers.hosts() if containers else ()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Guard the test itself, not the making of its fixtures."""
    if not _uses_ours(item):
        return (yield)
    from dagcheck.hooks.network import no_network

    with no_network(open_hosts(item.config)):
        return (yield)


def _uses_ours(item: pytest.Item) -> bool:
    fixtures = getattr(item, "_fixtureinfo", None)  # pytest has no public way to who defines a fixture
    return fixtures is not None and any(
        definition.func.__module__.startswith(_OURS)
        for definitions in fixtures.name2fixturedefs.values()
        for definition in definitions
    )
