"""What `--dagcheck-list` and `--dagcheck-explain` tell, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from dagcheck.checks.registry import Check, Family
from dagcheck.errors import ConfigError, unknown
from dagcheck.findings import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One check in the list; `level` is the one that holds in this configuration."""

    name: str
    level: Level
    default: Level
    family: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A check's documentation in parts; `bad` and `good` are code, each may be empty."""

    name: str
    level: Level
    family: str
    rule: str
    why: str
    fix: str
    bad: str
    good: str


def listing(checks: Mapping[str, Check], level_of: Callable[[str, Level], Level]) -> list[Row]:
    """Return a row per check, by family in the order of the catalogue, then in the order given."""
    families = get_args(Family)
    return [
        Row(
            name=check.name,
            level=level_of(check.name, check.level),
            default=check.level,
            family=check.family,
            summary=check.summary,
        )
        for check in sorted(checks.values(), key=lambda one: families.index(one.family))
    ]


def explain(name: str, checks: Mapping[str, Check]) -> Explanation:
    """Return the documentation of a check; raises ConfigError with the nearest name if there is none."""
    if name not in checks:
        raise ConfigError(f"--dagcheck-explain: {unknown('check', name, checks)}")
    check = checks[name]
    return Explanation(
        name=name,
        level=check.level,
        family=check.family,
        rule=_flowing(check.documentation.split("\n\n", 1)[0]),
        why=_flowing(check.section("Why")),
        fix=_flowing(check.section("Fix")),
        bad=check.section("Bad"),
        good=check.section("Good"),
    )


def _flowing(text: str) -> str:
    """Undo the line breaks of the source within each paragraph."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
