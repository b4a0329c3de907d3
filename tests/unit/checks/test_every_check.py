from __future__ import annotations

import ast
import re

import pytest

from dagcheck.checks.registry import Check, all_checks
from dagcheck.findings import Level

# The table of the catalogue.
LOADING = {
    "import-error": "error",
    "import-timeout": "error",
    "import-crash": "error",
    "cycle": "error",
    "duplicate-dag-id": "error",
    "no-dag": "warning",
    "deprecated-api": "warning",
}
PARSING = {
    "parse-network": "error",
    "parse-database": "error",
    "parse-variable": "warning",
    "parse-connection": "warning",
    "parse-subprocess": "error",
    "parse-side-effect": "warning",
    "parse-slow": "warning",
    "unstable-dag": "error",
}
OTHERS = {
    "no-start-date": "error",
    "dynamic-start-date": "error",
    "never-runs": "error",
    "catchup-flood": "warning",
    "dst-shift": "warning",
    "isolated-task": "warning",
    "redundant-dependency": "off",
    "subdag": "warning",  # on 3 the import fails, an error of import-error
    "runtime-operator": "error",
    "nested-operator": "warning",
    "arguments-mismatch": "error",
    "callback-signature": "error",
    "removed-context-key": "error",
    "wrong-type": "error",
    "unknown-default-arg": "error",
    "secret-literal": "error",
    "sensor-holds-worker": "warning",
    "template-error": "error",
    "unknown-param": "warning",
    "template-file-missing": "error",
    "template-ignored": "error",
    "xcom-source": "error",
    "sql-syntax": "off",
    "unknown-connection": "error",
    "unknown-variable": "error",
    "unknown-pool": "error",
    "pool-slots": "error",
    "no-retries": "off",
    "no-timeout": "off",
    "no-owner": "off",
    "no-tags": "off",
    "no-docs": "off",
    "naming": "off",
    "branch-target": "error",
    "branch-raises": "error",
    "branch-returns-nothing": "warning",
    "branch-never-taken": "warning",
    "branch-unstable": "warning",
    "branch-undecided": "warning",
    "join-always-skipped": "error",
    "task-never-runs": "error",
    "cleanup-not-guaranteed": "warning",
    "setup-teardown": "error",
    "external-task": "error",
    "external-date": "error",
    "trigger-target": "error",
    "asset-source": "warning",
    "asset-cycle": "error",
}
CHECKS = all_checks()
# The examples of dagcheck's own checks are configuration and commands.
ABOUT_DAGS = [check for check in CHECKS.values() if check.family != "dagcheck itself"]


def of_family(family: str) -> dict[str, str]:
    return {check.name: check.level.value for check in CHECKS.values() if check.family == family}


def test_the_loading_checks_and_their_levels_are_those_of_the_catalogue() -> None:
    assert of_family("Loading") == LOADING


def test_the_parsing_checks_and_their_levels_are_those_of_the_catalogue() -> None:
    assert of_family("What parsing does") == PARSING


@pytest.mark.parametrize(("name", "level"), OTHERS.items())
def test_a_check_of_the_other_families_has_the_level_of_the_catalogue(name: str, level: str) -> None:
    assert CHECKS[name].level.value == level


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_every_name_is_kebab_case_or_a_code_of_ruff(check: Check) -> None:
    handed = check.family == "Handed to ruff"
    assert re.fullmatch(r"[A-Z]+\d+" if handed else r"[a-z]+(-[a-z]+)*", check.name)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_every_level_is_a_level(check: Check) -> None:
    assert isinstance(check.level, Level)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_every_rule_is_one_line(check: Check) -> None:
    assert 20 < len(check.summary) < 120


@pytest.mark.parametrize("title", ["Why", "Fix", "Bad", "Good"])
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_every_check_is_documented(check: Check, title: str) -> None:
    assert len(check.section(title)) > 20


@pytest.mark.parametrize("title", ["Bad", "Good"])
@pytest.mark.parametrize("check", ABOUT_DAGS, ids=lambda check: check.name)
def test_every_example_is_python(check: Check, title: str) -> None:
    assert ast.parse(check.section(title)).body


@pytest.mark.parametrize("check", ABOUT_DAGS, ids=lambda check: check.name)
def test_no_example_runs_into_the_next_section(check: Check) -> None:
    sections = [check.section(title) for title in ("Why", "Fix", "Bad", "Good")]
    assert not any(re.search(r"^(Why|Fix|Bad|Good):", section, re.M) for section in sections)
