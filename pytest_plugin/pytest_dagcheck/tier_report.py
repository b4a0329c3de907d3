"""Says once which tiers stand behind mocked hooks, and who chose them: where anybody chose, or a test will use one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pytest_dagcheck.tiers import settings

_FIXTURES = ("mock_bigquery", "mock_postgres", "mock_s3")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say it at the top where the command line or the configuration chooses."""
    return _line(config) if _is_chosen(config) else None


def pytest_report_collectionfinish(config: pytest.Config, items: Sequence[pytest.Item]) -> str | None:
    """Else say it below the number of tests, if one of them uses such a fixture; xdist's controller knows of none."""
    used = any(fixture in getattr(item, "fixturenames", ()) for item in items for fixture in _FIXTURES)
    return _line(config) if used and not _is_chosen(config) else None


def _is_chosen(config: pytest.Config) -> bool:
    """Look into the file before anything is imported for it."""
    if config.getoption("dagcheck_backend") is not None:
        return True
    try:
        text = (config.rootpath / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return "backend" in text and "[tool.dagcheck" in text and bool(settings(config).backend)


def _line(config: pytest.Config) -> str:
    configured = settings(config)
    told = []
    for service in (fixture.removeprefix("mock_") for fixture in _FIXTURES):
        tier = configured.backend.get(service, "auto")
        origin = "auto" if tier == "auto" else configured.origin(f"backend.{service}")
        told.append(f"{service}={_automatic(service) if tier == 'auto' else tier} ({origin})")
    strict = ", a tier that cannot run is a failure" if configured.backend_strict else ""
    return f"dagcheck: mocked hooks: {', '.join(told)}{strict}"


def _automatic(service: str) -> str:
    from dagcheck.hooks.automatic import automatic_tier
    from dagcheck.hooks.tiers import TierUnavailableError

    try:
        return automatic_tier(service)
    except TierUnavailableError:
        return "none"
