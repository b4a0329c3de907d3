"""The installed Airflow's own TriggerRuleDep says the same as our rules: a new version changes nothing unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="module")
def comparison(compare: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return compare("compare_rules.py")


def test_every_rule_of_the_installed_airflow_is_known(comparison: dict[str, Any]) -> None:
    assert comparison["unknown_rules"] == []


def test_no_family_of_parents_is_judged_differently(comparison: dict[str, Any]) -> None:
    assert comparison["differing"] == []
    assert comparison["compared"] > 100_000
