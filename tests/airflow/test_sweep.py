"""Real DAGs run over a year of their dates: what is told of them, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dagcheck._airflow import versions

Room = Callable[..., Any]
DagFile = Callable[[str], Path]


def swept(path: str, seconds: float) -> Any:
    """Sweep the only DAG of a file; the facts as kind, task and detail, by that order."""
    import datetime
    import sys

    from dagcheck._airflow.loading import load_file
    from dagcheck.sweeping.calendar import Span
    from dagcheck.sweeping.sweep import sweep, wanted

    sys.path.insert(0, str(Path(path).parent))
    (dag,) = load_file(Path(path)).dags
    assert wanted(dag)
    found = sweep(dag, Span(datetime.date(2024, 1, 1), 1), seconds)
    assert found is not None
    facts = [[fact.kind, fact.task_id, fact.date, fact.detail, fact.given] for fact in found.facts]
    return {"facts": facts, "runs": found.runs, "complete": found.complete}


@pytest.fixture
def facts(room: Room, dag_file: DagFile) -> Callable[[str], list[list[str]]]:
    """Sweep the DAG of a text."""

    def facts(text: str) -> list[list[str]]:
        found: list[list[str]] = room(swept, str(dag_file(text)), 60.0)["facts"]
        return found

    return facts


WEEKLY = '@dag(dag_id="swept", schedule="@weekly", start_date=START, catchup=False)\ndef swept():\n'
JOINED = """
    left, right, join = (EmptyOperator(task_id=one) for one in ("left", "right", "join"))
    branch >> [left, right] >> join
swept()
"""


COUNTED = """
    @task
    def count():
        return 3

    @task.branch
    def choose(rows):
        return "left" if rows > 2 else "right"
"""


def test_a_branch_whose_argument_nobody_knows_is_told_once_and_its_join_is_judged(facts: Any) -> None:
    text = (
        COUNTED
        + """
    branch = choose(count())
"""
    )
    undecided, join = facts(WEEKLY + text + JOINED)
    assert undecided[:2] == ["undecided", "choose"]
    assert undecided[4] == "outcomes={'count': Returns(...)}"
    assert join[:2] == ["join", "join"]
    assert join[4] == "outcomes={'choose': Returns(['left'])}"


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ('"left"', [["teardown", "delete", ""]]),
        ('["left", "delete"]', []),
        ('ti.xcom_pull(task_ids="create")', []),  # nobody knows whether it ever leaves the teardown out
    ],
)
def test_a_teardown_directly_below_a_branch_is_told_where_the_branch_leaves_it_out(
    facts: Any, chosen: str, told: list[list[str]]
) -> None:
    text = f"""
    @task.branch
    def choose(ti=None):
        return {chosen}

    create = EmptyOperator(task_id="create").as_setup()
    left = EmptyOperator(task_id="left")
    create >> choose() >> [left, EmptyOperator(task_id="delete").as_teardown(setups=create)]
swept()
"""
    found = [[kind, task_id, detail] for kind, task_id, _, detail, _ in facts(WEEKLY + text)]
    assert [one for one in found if one[0] == "teardown"] == told


def test_a_branch_that_may_choose_several_has_an_innocent_join(facts: Any) -> None:
    text = """
    @task.branch
    def choose(ti=None):
        return ti.xcom_pull(task_ids="elsewhere") or ["left", "right"]

    branch = choose()
"""
    assert [fact for fact in facts(WEEKLY + text + JOINED) if fact[0] != "undecided"] == []


COMPUTED = """
    @task.branch
    def choose(ti=None, logical_date=None)RETURNS:
        names = BODY
        return names

    branch = choose()
    EmptyOperator(task_id="elsewhere") >> branch
"""


@pytest.mark.parametrize(
    ("body", "returns", "judged"),
    [
        ('{1: "left"}.get(logical_date.day, "right")', "", True),
        ('["left"] if logical_date.day < 15 else ["right"]', "", True),
        ('["left", "right"][: logical_date.day % 3]', "", False),  # now and then both
        ('["left", "right"][: random.randint(0, 1)]', "", False),  # that both were never chosen is chance
        ('ti.xcom_pull(task_ids="elsewhere")', "", False),
        ('ti.xcom_pull(task_ids="elsewhere")', " -> list[str]", False),
        ('ti.xcom_pull(task_ids="elsewhere")', " -> str", True),
        ("ti.xcom_pull(task_ids='elsewhere')", " -> 'str'", True),
    ],
)
def test_the_join_of_a_computed_branch_is_judged_by_what_it_chose_or_says_that_it_returns(
    facts: Any, body: str, returns: str, *, judged: bool
) -> None:
    text = COMPUTED.replace("BODY", body).replace("RETURNS", returns)
    found = facts(WEEKLY + "    import random" + text + JOINED)
    assert [fact[:2] for fact in found if fact[0] == "join"] == [["join", "join"]] * judged


def test_a_choice_that_only_a_run_of_few_shows_makes_its_join_innocent(facts: Any) -> None:
    body = '["left", "right"] if str(logical_date)[:13] in ("2024-12-30T00", "2024-12-30 00") else ["left"]'
    found = facts(SIX_HOURLY + COMPUTED.replace("BODY", body).replace("RETURNS", "") + JOINED)
    assert found == []


def test_a_group_that_no_choice_names_does_not_excuse_a_join(facts: Any) -> None:
    text = """
    @task.branch
    def choose(logical_date=None):
        return "inner.left" if logical_date.day < 8 else "inner.right"

    with TaskGroup("inner") as inner:
        EmptyOperator(task_id="left"), EmptyOperator(task_id="right")
    choose() >> inner >> EmptyOperator(task_id="join")
swept()
"""
    [fact] = facts(WEEKLY + text)
    assert fact[:2] == ["join", "join"]


OPTIONAL = """
    @task.branch
    def choose(ti=None, logical_date=None):
        return CHOICE

    branch, step, last = choose(), EmptyOperator(task_id="step"), EmptyOperator(task_id="last", trigger_rule="RULE")
    EmptyOperator(task_id="x") >> branch >> step >> EmptyOperator(task_id="more") >> last
    branch >> last
swept()
"""


@pytest.mark.parametrize(
    ("choice", "rule", "told"),
    [
        ('"step" if logical_date.day < 8 else "last"', "all_success", [""]),
        ('["step", "last"] if logical_date.day < 8 else ["last"]', "all_success", [""]),
        ('"step" if ti.xcom_pull(task_ids="x") else "last"', "all_success", ["outcomes={'choose': Returns(['last'])}"]),
        ('"step" if logical_date.day < 8 else "last"', "none_failed_min_one_success", []),
        ('"step" if logical_date.day < 8 else None', "all_success", []),
        ('["step", "last"]', "all_success", []),
        ('ti.xcom_pull(task_ids="x")', "all_success", []),  # nobody knows whether it ever chooses the last alone
    ],
)
def test_a_task_that_is_chosen_and_waits_for_what_its_choice_skips_is_told(
    facts: Any, choice: str, rule: str, told: list[str]
) -> None:
    found = facts(WEEKLY + OPTIONAL.replace("CHOICE", choice).replace("RULE", rule))
    assert [fact[4] for fact in found if fact[:2] == ["skipped-choice", "last"]] == told


def test_a_task_that_another_branch_skips_is_no_contradiction(facts: Any) -> None:
    text = """
    @task.branch
    def first():
        return "both"

    @task.branch
    def second(logical_date=None):
        return "both" if logical_date.day < 8 else "other"

    both = EmptyOperator(task_id="both")
    first() >> both
    second() >> [both, EmptyOperator(task_id="other")]
swept()
"""
    assert facts(WEEKLY + text) == []


def test_a_variable_that_nobody_configured_is_named(facts: Any) -> None:
    text = """
    @task.branch
    def choose():
        return Variable.get("side")

    branch = choose()
    left, right = EmptyOperator(task_id="left"), EmptyOperator(task_id="right")
    branch >> [left, right]
swept()
"""
    [fact] = facts(WEEKLY + text)
    assert fact[:2] == ["undecided", "choose"]
    assert fact[3:] == ["it reads the variable 'side'", 'variables={"side": ...}']


def test_a_side_behind_the_default_of_a_variable_is_not_said_to_be_dead(facts: Any) -> None:
    text = """
    @task.branch
    def choose():
        return Variable.get("side", "left")

    choose() >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")]
swept()
"""
    assert facts(WEEKLY + text) == []


def test_the_tasks_of_a_group_that_is_chosen_as_a_whole_are_innocent(facts: Any) -> None:
    text = """
    @task.branch
    def choose(logical_date=None):
        return "inner" if logical_date.day < 8 else "left"

    with TaskGroup("inner") as inner:
        [EmptyOperator(task_id="one"), EmptyOperator(task_id="two")] >> EmptyOperator(task_id="both")
    choose() >> [inner, EmptyOperator(task_id="left")]
swept()
"""
    told = [fact[:2] for fact in facts(WEEKLY + text)]
    assert told == (
        [] if versions.at_least(2, 10) else [["unknown-target", "choose"]]
    )  # before, no branch may name a group


BY_CONF = """
    @task.branch
    def choose(dag_run=None):
        return [side for side in ("left", "right") if side in (dag_run.conf or {})]

    choose() >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")]
swept()
"""


def test_a_run_by_hand_may_be_given_a_conf_by_which_its_branch_chooses(facts: Any) -> None:
    assert facts(WEEKLY.replace('"@weekly"', "None") + BY_CONF) == []


def test_a_scheduled_run_has_none(facts: Any) -> None:
    assert [fact[:2] for fact in facts(WEEKLY + BY_CONF)] == [["nothing", "choose"]]


SIX_HOURLY = WEEKLY.replace('"@weekly"', '"0 */6 * * *"')
BY_MOMENT = """
    @task.branch
    def choose(logical_date=None):
        return "left" if CONDITION else "right"

    choose() >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")]
swept()
"""


@pytest.mark.parametrize(
    ("condition", "every", "told"),
    [
        ("logical_date.hour < 12", False, []),
        ("(logical_date.month, logical_date.day) == (12, 30)", False, []),
        ("str(logical_date)[:13] in ('2024-12-30T00', '2024-12-30 00')", True, []),
        ("logical_date.hour == 7", True, [["never-taken", "choose"]]),
    ],
)
def test_all_runs_of_a_day_are_made_where_a_side_seems_never_to_be_taken(
    room: Room, dag_file: DagFile, condition: str, *, every: bool, told: list[list[str]]
) -> None:
    found = room(swept, str(dag_file(SIX_HOURLY + BY_MOMENT.replace("CONDITION", condition))), 60.0)
    assert [fact[:2] for fact in found["facts"]] == told
    assert (found["runs"] > 366 * 4) == every


def test_where_nothing_that_is_executed_looks_at_dates_some_runs_are_enough(room: Room, dag_file: DagFile) -> None:
    text = (
        COUNTED
        + """
    choose(count()) >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")]
swept()
"""
    )
    found = room(swept, str(dag_file(SIX_HOURLY + text)), 60.0)
    assert [fact[:2] for fact in found["facts"]] == [["undecided", "choose"]]
    assert found["runs"] < 150


def test_a_short_circuit_that_never_opens_is_told_and_nothing_below_it(facts: Any) -> None:
    text = """
    @task.short_circuit
    def never(logical_date=None):
        return logical_date.month == 13

    never() >> EmptyOperator(task_id="first") >> EmptyOperator(task_id="second")
swept()
"""
    [fact] = facts(WEEKLY + text)
    assert fact[:2] == ["never-taken", "never"]
    assert fact[3] == ""


def test_a_dag_that_is_started_by_hand_is_not_accused_for_the_conf_that_it_did_not_get(facts: Any) -> None:
    text = """
@dag(dag_id="swept", schedule=None, start_date=START)
def swept():
    @task.branch
    def choose(dag_run=None):
        return dag_run.conf["side"]

    choose() >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")]
swept()
"""
    [fact] = facts(text)
    assert fact[:2] == ["undecided", "choose"]
    assert fact[3:] == ["it depends on the conf of the run", "conf={...}"]


def test_a_run_for_assets_has_no_logical_date_since_airflow_3(facts: Any) -> None:
    text = """
@dag(dag_id="swept", schedule=[Asset("dagcheck://orders")], start_date=START)
def swept():
    @task.branch
    def choose(**context):
        return "left" if context["logical_date"].day < 8 else "right"

    choose() >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")]
swept()
"""
    told = [[fact[0], fact[3]] for fact in facts(text)]
    assert told == ([["raises", "KeyError: 'logical_date'"]] if versions.at_least(3, 0) else [])


def test_what_was_not_seen_in_time_is_not_judged(room: Room, dag_file: DagFile) -> None:
    text = """
    @task.branch
    def choose(logical_date=None):
        return "left"

    branch = choose()
"""
    found = room(swept, str(dag_file(WEEKLY + text + JOINED)), 0.0)
    assert found == {"facts": [], "runs": 0, "complete": False}
