"""Which tier stands behind a mocked hook in a test: its marker says so, else the command line, else the configuration.

A marker comes first, because a test that has one works on no other tier; the others are for tests that do not care.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dagcheck.config import Config
    from dagcheck.hooks.tiers import Choice

MARKER = "dagcheck_backend"
_SETTINGS = pytest.StashKey["Config"]()


def backend_marker(
    tier: str | None = None, /, *, postgres: str | None = None, s3: str | None = None, bigquery: str | None = None
) -> dict[str, str]:
    """What `@pytest.mark.dagcheck_backend` takes: one tier for all, or one for each service; the services' tiers."""
    from dagcheck.hooks.tiers import SERVICES, checked

    every: dict[str, str] = {} if tier is None else dict.fromkeys(SERVICES, tier)
    named = {"postgres": postgres, "s3": s3, "bigquery": bigquery}
    return checked({**every, **{service: one for service, one in named.items() if one is not None}})


def settings(config: pytest.Config) -> Config:
    """Return the configuration of this session; raises UsageError if it is wrong."""
    if _SETTINGS not in config.stash:
        from dagcheck.checks.registry import all_checks
        from dagcheck.config import load
        from dagcheck.errors import ConfigError
        from pytest_dagcheck import options

        try:
            config.stash[_SETTINGS] = load(config.rootpath, options.overrides(config), all_checks())
        except ConfigError as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[_SETTINGS]


def tier_of(item: pytest.Item, service: str) -> tuple[Choice, str]:
    """Return the tier that is wanted, and who says so."""
    marker = item.get_closest_marker(MARKER)
    marked = {} if marker is None else _marked(marker)
    configured = settings(item.config)
    if service in marked:
        return marked[service], f"@pytest.mark.{MARKER}"
    return configured.backend.get(service, "auto"), configured.origin(f"backend.{service}")  # type: ignore[return-value]


def _marked(marker: pytest.Mark) -> dict[str, Any]:
    try:
        return backend_marker(*marker.args, **marker.kwargs)
    except TypeError as error:
        problem = str(error).replace("backend_marker()", f"pytest.mark.{MARKER}")
    except ValueError as error:
        problem = f"pytest.mark.{MARKER}: {error}"
    pytest.fail(f'{problem}; write @pytest.mark.{MARKER}("embedded") or @pytest.mark.{MARKER}(postgres="embedded")',
                pytrace=False)  # fmt: skip


@contextmanager
def skipping(item: pytest.Item, origin: str) -> Iterator[None]:
    """Skip the test where a tier that somebody chose cannot run here; with `backend_strict` it fails."""
    from dagcheck.hooks.tiers import TierUnavailableError

    try:
        yield
    except TierUnavailableError as error:
        reason = f"{error} (chosen by {origin})"
    else:
        return
    if origin == "default" or settings(item.config).backend_strict:
        raise pytest.fail.Exception(reason, pytrace=False) from None
    pytest.skip(reason)
