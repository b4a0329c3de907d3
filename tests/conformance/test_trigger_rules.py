"""The installed Airflow's own TriggerRuleDep says the same as our rules: a new version changes nothing unseen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dagcheck._airflow.settings import hermetic


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    environment |= hermetic(tmp_path_factory.mktemp("home"), [], None)
    script = Path(__file__).with_name("compare_rules.py")
    done = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True, env=environment)
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_every_rule_of_the_installed_airflow_is_known(comparison: dict[str, object]) -> None:
    assert comparison["unknown_rules"] == []


def test_no_family_of_parents_is_judged_differently(comparison: dict[str, object]) -> None:
    assert comparison["differing"] == []
    assert isinstance(comparison["compared"], int)
    assert comparison["compared"] > 100_000
