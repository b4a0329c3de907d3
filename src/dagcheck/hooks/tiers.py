"""How much of a far end is real: the tiers, and what each service has of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from dagcheck.errors import UsageError, unknown

Tier = Literal["fake", "embedded", "container"]
Choice = Literal["auto", "fake", "embedded", "container"]
Service = Literal["bigquery", "postgres", "s3"]
InContainers = Literal["postgres", "s3"]
TIERS: tuple[Choice, ...] = ("auto", "fake", "embedded", "container")
SERVICES: tuple[Service, ...] = ("bigquery", "postgres", "s3")


class TierUnavailableError(UsageError):
    """What a tier needs is not here; the message says what, and how to get it."""


def choices(text: str) -> dict[str, str]:
    """Read `embedded`, `postgres=container,bigquery=fake` or `embedded,postgres=container`: services to tiers.

    Raises UsageError. A tier without a service is for all services that are not named.
    """
    every: dict[str, str] = {}
    named: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        service, sign, tier = map(str.strip, part.partition("="))
        if sign:
            named[service] = tier
        else:
            every = dict.fromkeys(SERVICES, service)
    return checked({**every, **named})


def checked(table: Mapping[str, str]) -> dict[str, str]:
    """Return what was given; raises UsageError for a service or a tier that there is not."""
    for service, tier in table.items():
        if service not in SERVICES:
            raise UsageError(unknown("service", service, SERVICES))
        if tier not in TIERS:
            raise UsageError(unknown("tier", str(tier), TIERS))
    return dict(table)
