from __future__ import annotations

import pytest

from dagcheck.checks.registry import Check, Family
from dagcheck.errors import ConfigError
from dagcheck.explain import explain, listing
from dagcheck.findings import Finding, Level


def documented(*_facts: object) -> list[Finding]:
    """A rule told
    in two lines.

    Why: it matters
    much.

    Fix: do this

    and then that.

    Bad:
        if x:
            y()

    Good:
        y()
    """
    return []


def check(name: str, family: Family = "Loading", level: Level = Level.ERROR) -> Check:
    return Check(name=name, level=level, family=family, scope="file", run=documented)


def catalogue(*checks: Check) -> dict[str, Check]:
    return {one.name: one for one in checks}


@pytest.fixture
def example() -> dict[str, Check]:
    return catalogue(Check(name="a-check", level=Level.WARNING, family="Tasks", scope="dag", run=documented))


def test_the_list_follows_the_families_of_the_catalogue() -> None:
    checks = catalogue(check("c", "dagcheck itself"), check("b", "Across DAGs"), check("z"), check("a"))
    rows = listing(checks, lambda _name, default: default)
    assert [(row.family, row.name) for row in rows] == [
        ("Loading", "z"),
        ("Loading", "a"),
        ("Across DAGs", "b"),
        ("dagcheck itself", "c"),
    ]


def test_the_list_shows_the_configured_level_beside_the_default(example: dict[str, Check]) -> None:
    [row] = listing(example, lambda name, _default: Level.OFF if name == "a-check" else Level.ERROR)
    assert (row.level, row.default, row.summary) == (Level.OFF, Level.WARNING, "A rule told in two lines")


def test_an_explanation_has_every_part_without_the_line_breaks_of_prose(example: dict[str, Check]) -> None:
    told = explain("a-check", example)
    assert (told.name, told.level, told.family) == ("a-check", Level.WARNING, "Tasks")
    assert told.rule == "A rule told in two lines."
    assert told.why == "it matters much."
    assert told.fix == "do this\n\nand then that."
    assert told.bad == "if x:\n    y()"
    assert told.good == "y()"


def test_an_unknown_name_is_refused_with_the_nearest(example: dict[str, Check]) -> None:
    with pytest.raises(ConfigError) as caught:
        explain("a-chek", example)
    assert str(caught.value) == ("--dagcheck-explain: unknown check 'a-chek'; did you mean 'a-check'? Valid: a-check")
