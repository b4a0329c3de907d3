from __future__ import annotations

import pytest

from dagcheck import baseline, ignores
from dagcheck.checks.registry import Settings, all_checks
from dagcheck.findings import Level


@pytest.mark.parametrize("name", [ignores.CHECK, baseline.CHECK])
def test_dagchecks_own_findings_have_a_documented_check(name: str) -> None:
    check = all_checks()[name]
    assert (check.level, check.family, check.scope) == (Level.WARNING, "dagcheck itself", "folder")
    assert all(check.section(title) for title in ("Why", "Fix", "Bad", "Good"))
    assert list(check.run([], Settings())) == []


def test_all_checks_are_registered_once_however_often_they_are_asked_for() -> None:
    assert all_checks() == all_checks()
    assert len(all_checks()) > 2
