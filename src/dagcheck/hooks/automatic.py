"""What `auto` is here: embedded if its parts are there, else fake; never a container by surprise."""

from __future__ import annotations

import os
from importlib.util import find_spec

from dagcheck.hooks.postgres.programs import NoServerError, find_programs
from dagcheck.hooks.tiers import Choice, Tier, TierUnavailableError

ENGINE = ("duckdb", "sqlglot")  # BigQuery's
_SERVER = ("flask", "flask_cors")  # moto's


def automatic_tier(service: str) -> Tier:
    """Return the tier; raises TierUnavailableError where a service has none, as S3 without moto."""
    if service == "postgres":
        return _postgres()
    if service == "s3":
        return "embedded" if has_moto_server() else "fake"
    return "embedded" if all(map(find_spec, ENGINE)) else "fake"


def resolved(service: str, tier: Choice) -> Tier:
    """Return the tier that is meant."""
    return automatic_tier(service) if tier == "auto" else tier


def has_moto_server() -> bool:
    """Tell whether moto's server can be started; raises TierUnavailableError without any moto."""
    if find_spec("moto") is None:
        raise TierUnavailableError("moto is not installed: pip install 'dagcheck[mocks]'")
    return all(map(find_spec, _SERVER))


def _postgres() -> Tier:
    try:
        find_programs(os.environ)
    except NoServerError:
        return "fake"
    return "embedded"
