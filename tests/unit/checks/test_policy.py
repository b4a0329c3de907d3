from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from check_samples import SETTINGS, dag, task
from dagcheck.checks import policy
from dagcheck.checks.registry import DagCheck, Settings, all_checks
from dagcheck.config import Policy
from dagcheck.findings import Level


def with_policy(**values: Any) -> Settings:
    return replace(SETTINGS, policy=Policy(**values))


def told(check: DagCheck, *tasks: Any, settings: Settings = SETTINGS, **fields: Any) -> list[str]:
    return [finding.what for finding in check(dag(*tasks, **fields), settings)]


@pytest.mark.parametrize("name", ["no-retries", "no-timeout", "no-owner", "no-tags", "no-docs", "naming"])
def test_a_policy_is_off_until_a_team_selects_it(name: str) -> None:
    assert all_checks()[name].level is Level.OFF


def test_tasks_without_retries_are_told_once_for_the_dag() -> None:
    tasks = task("a"), task("b", retries=1), task("c")
    assert told(policy.no_retries, *tasks) == ["2 of 3 tasks with fewer than 1 retries: a, c"]


def test_a_team_can_ask_for_more_retries() -> None:
    settings = with_policy(retries=2)
    assert told(policy.no_retries, task("a", retries=1), task("b", retries=1), settings=settings) == [
        "all tasks with fewer than 2 retries: a, b"
    ]
    assert told(policy.no_retries, task("a", retries=2), settings=settings) == []


def test_tasks_without_an_execution_timeout_are_told() -> None:
    tasks = task("a", execution_timeout=60.0), task("b")
    assert told(policy.no_timeout, *tasks) == ["1 of 2 tasks without an execution_timeout: b"]


@pytest.mark.parametrize(("owner", "owners", "wrong"), [
    ("airflow", (), True),
    ("", (), True),
    ("sales", (), False),
    ("sales", ("sales", "finance"), False),
    ("sales, finance", ("sales", "finance"), False),
    ("sales, bob", ("sales", "finance"), True),
    ("airflow", ("airflow",), False),
])  # fmt: skip
def test_an_owner_is_one_of_the_teams_or_not_airflows_default(owner: str, owners: tuple[str, ...], wrong: bool) -> None:  # noqa: FBT001
    found = told(policy.no_owner, task("a", owner=owner), settings=with_policy(owners=owners))
    assert bool(found) is wrong


@pytest.mark.parametrize(("tags", "wanted", "wrong"), [
    ((), (), True),
    (("sales",), (), False),
    (("sales",), ("finance",), True),
    (("sales", "finance"), ("finance",), False),
])  # fmt: skip
def test_a_dag_has_one_of_the_wanted_tags(tags: tuple[str, ...], wanted: tuple[str, ...], wrong: bool) -> None:  # noqa: FBT001
    assert bool(told(policy.no_tags, tags=tags, settings=with_policy(tags=wanted))) is wrong


@pytest.mark.parametrize("fields", [{"documented": True}, {"description": "Loads orders."}])
def test_documentation_or_a_description_is_enough(fields: dict[str, Any]) -> None:
    assert told(policy.no_docs, **fields) == []


def test_a_dag_without_documentation_is_told() -> None:
    assert told(policy.no_docs) == ["has neither doc_md nor a description"]


def test_ids_match_the_pattern_as_a_whole() -> None:
    found = told(policy.naming, task("load"), task("Load"), task("load-it"), dag_id="etl daily")
    assert found == [
        "the DAG id does not match [a-z][a-z0-9_]*",
        "the task id Load does not match [a-z][a-z0-9_]*",
        "the task id load-it does not match [a-z][a-z0-9_]*",
    ]


def test_the_prefix_of_a_group_is_not_part_of_a_tasks_own_name() -> None:
    assert told(policy.naming, task("tables.load", group="tables")) == []


def test_a_team_has_its_own_patterns() -> None:
    settings = with_policy(dag_id=r"(sales|finance)\..+", task_id=".*")
    assert told(policy.naming, task("Ü"), dag_id="sales.daily", settings=settings) == []
