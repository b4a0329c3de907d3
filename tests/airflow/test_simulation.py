"""Simulated runs of real DAGs: the ids a branch may return, conditions, outcomes, mapping."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dagcheck._airflow import versions

Room = Callable[..., Any]
DagFile = Callable[[str], Path]


def simulated(path: str, days: list[str], outcomes: dict[str, str]) -> Any:
    """Simulate the only DAG of a file; the text of the error if it is refused."""
    import sys

    from dagcheck._airflow.loading import load_file
    from dagcheck.errors import UsageError
    from dagcheck.running import outcomes as known
    from dagcheck.simulation import simulate

    sys.path.insert(0, str(Path(path).parent))
    (dag,) = load_file(Path(path)).dags
    told = {key: eval(text, vars(known)) for key, text in outcomes.items()}  # noqa: S307 -- the tests' own texts
    try:
        runs = [simulate(dag, day, outcomes=told) for day in days]
    except UsageError as error:
        return str(error)
    return [
        {"states": dict(run.states), "choices": dict(run.choices), "run": run.state, "success": repr(run.success)}
        for run in runs
    ]


@pytest.fixture
def run(room: Room, dag_file: DagFile) -> Callable[..., Any]:
    """Simulate the DAG of a text on one day; `states` of a list of days."""

    def run(text: str, *days: str, **outcomes: str) -> Any:
        found = room(simulated, str(dag_file(text)), days or ["2024-02-01"], outcomes)
        if isinstance(found, str):
            return found
        return [one["states"] for one in found] if days else found[0]

    return run


BRANCHING = """
@dag(schedule="@daily", start_date=START)
def branching():
    @task.branch
    def branch():
        return CHOSEN

    first, left, right, join = (EmptyOperator(task_id=one) for one in ("first", "left", "right", "join"))
    join.trigger_rule = "none_failed_min_one_success"
    below = EmptyOperator(task_id="below")
    with TaskGroup("group") as group:
        EmptyOperator(task_id="one") >> EmptyOperator(task_id="two")
    first >> branch() >> [left, right, group]
    left >> below >> join
    [right, group] >> join
    EmptyOperator(task_id="unrelated") >> EmptyOperator(task_id="far")

branching()
"""
CHILDREN = ("left", "right", "group.one")
SKIPPED_CHILDREN = [
    ("left", {"right", "group.one"}),
    (["left", "right"], {"group.one"}),
    ("group", {"left", "right"} if versions.at_least(2, 10) else set()),  # before, no branch may name a group
    ("group.one", {"left", "right"}),
    ([], {*CHILDREN}),
    ("below", {*CHILDREN}),  # further down: nothing between is kept
    ("branch", set()),  # itself
    ("first", set()),  # upstream
    ("unrelated", {*CHILDREN}),
]


@pytest.mark.parametrize(("chosen", "skipped"), SKIPPED_CHILDREN, ids=[str(chosen) for chosen, _ in SKIPPED_CHILDREN])
def test_a_branch_keeps_what_lies_below_the_ids_it_returns(run: Any, chosen: Any, skipped: set[str]) -> None:
    states = run(BRANCHING.replace("CHOSEN", repr(chosen)))["states"]
    assert {one for one in CHILDREN if states[one] == "skipped"} == skipped


def test_a_branch_that_returns_nothing_skips_all_its_children_or_fails_as_on_3_0(run: Any) -> None:
    """With 3.0 `dag.test()` fails it too: None is taken for an id (standard provider, operators/branch.py)."""
    states = run(BRANCHING.replace("CHOSEN", "None"))["states"]
    branch, children = ("failed", "upstream_failed") if versions.release() == (3, 0) else ("success", "skipped")
    assert states["branch"] == branch
    assert {states[one] for one in CHILDREN} == {children}


@pytest.mark.parametrize("chosen", ["typo", ["left", "typo"], 3, ["left", 3]], ids=str)
def test_a_branch_that_returns_no_valid_id_fails(run: Any, chosen: Any) -> None:
    found = run(BRANCHING.replace("CHOSEN", repr(chosen)))
    assert found["states"]["branch"] == "failed"
    assert found["run"] == "failed"
    assert "branch failed: " in found["success"]


def test_a_choice_is_what_the_callable_returned(run: Any) -> None:
    assert run(BRANCHING.replace("CHOSEN", "'group'"))["choices"] == {"branch": ["group"]}


SHORT_CIRCUIT = """
@dag(schedule="@daily", start_date=START)
def short():
    @task.short_circuit(ignore_downstream_trigger_rules=IGNORES)
    def stop():
        return False

    stop() >> EmptyOperator(task_id="a") >> EmptyOperator(task_id="b", trigger_rule="all_done")

short()
"""


@pytest.mark.parametrize(("ignores", "state"), [("True", "skipped"), ("False", "success")])
def test_a_short_circuit_skips_everything_below_or_only_its_children(run: Any, ignores: str, state: str) -> None:
    states = run(SHORT_CIRCUIT.replace("IGNORES", ignores))["states"]
    assert states == {"stop": "success", "a": "skipped", "b": state}


def test_an_expanded_task_below_a_branch_that_chose_another_is_skipped_where_the_version_looks(run: Any) -> None:
    """Airflow 2.10 to 3.1 look at the map index of the child (not_previously_skipped_dep.py)."""
    found = run("""
        @dag(schedule="@daily", start_date=START)
        def mapped():
            @task.branch
            def branch():
                return "other"

            @task
            def work(number):
                pass

            branch() >> [work.expand(number=[1, 2]), EmptyOperator(task_id="other")]

        mapped()
    """)
    state = "success" if (2, 10) <= versions.release() < (3, 2) else "skipped"
    assert found["states"] == {"branch": "success", "work[0]": state, "work[1]": state, "other": "success"}


if versions.at_least(2, 10):  # which brought run_if and skip_if

    def test_a_condition_is_executed_but_not_its_task(run: Any) -> None:
        text = """
            @dag(schedule="@daily", start_date=START)
            def conditional():
                @task.skip_if(lambda context: context["logical_date"].day == 1)
                @task
                def work():
                    raise AssertionError("a simulation does not execute it")

                work() >> EmptyOperator(task_id="after")

            conditional()
        """
        assert run(text, "2024-02-01", "2024-02-02") == [
            {"work": "skipped", "after": "skipped"},
            {"work": "success", "after": "success"},
        ]


READS = """
@dag(schedule="@daily", start_date=START)
def reads():
    @task
    def count():
        raise AssertionError("a simulation does not execute it")

    @task.branch
    def branch(rows):
        try:
            return "many" if rows > 10 else "few"
        except Exception:
            return "few"

    branch(count()) >> [EmptyOperator(task_id="many"), EmptyOperator(task_id="few")]

reads()
"""


def test_a_branch_gets_the_value_that_the_test_gives(run: Any) -> None:
    states = run(READS, count="Returns(20)")["states"]
    assert states == {"count": "success", "branch": "success", "many": "success", "few": "skipped"}


def test_a_branch_that_needs_a_value_nobody_knows_says_which(run: Any) -> None:
    message = run(READS)
    assert "'branch' of 'reads' cannot be decided" in message
    assert "outcomes={'count': Returns(...)}" in message


def test_a_branch_can_be_told_what_to_return(run: Any) -> None:
    states = run(READS, count="Skips()", branch="Succeeds()")["states"]
    assert states["branch"] == "skipped"
    assert run(READS, count="Returns(1)", branch="Returns('many')")["states"]["few"] == "skipped"


ELSEWHERE = """
@dag(schedule="@daily", start_date=START)
def looks_elsewhere():
    @task.branch
    def branch(ti=None):
        return "few" if ti.xcom_pull(task_ids="count", WHERE) else "many"

    count = EmptyOperator(task_id="count")
    count >> branch() >> [EmptyOperator(task_id="many"), EmptyOperator(task_id="few")]

looks_elsewhere()
"""


@pytest.mark.parametrize(
    ("where", "named"), [("dag_id='other'", "DAG 'other'"), ("include_prior_dates=True", "earlier runs")]
)
def test_what_another_dag_or_an_earlier_run_has_left_is_what_nobody_knows(run: Any, where: str, named: str) -> None:
    message = run(ELSEWHERE.replace("WHERE", where), count="Returns(1)")
    assert f"it reads an XCom of 'count' from {named}; say it with outcomes={{'branch': Returns(...)}}" in message


def test_the_dags_own_id_is_this_run(run: Any) -> None:
    states = run(ELSEWHERE.replace("WHERE", "dag_id='looks_elsewhere'"), count="Returns(1)")["states"]
    assert states["many"] == "skipped"


MAPPED = """
@dag(schedule="@daily", start_date=START)
def mapped():
    @task
    def parts():
        return []

    @task
    def load(part):
        pass

    load.expand(part=parts()) >> EmptyOperator(task_id="done")

mapped()
"""


def test_a_mapped_task_runs_once_per_element_of_what_the_test_says(run: Any) -> None:
    states = run(MAPPED, parts="Returns([1, 2, 3])", **{"load[1]": "Fails()"})["states"]
    assert states == {
        "parts": "success", "load[0]": "success", "load[1]": "failed", "load[2]": "success", "done": "upstream_failed",
    }  # fmt: skip


MAPPED_BRANCH = """
@dag(schedule="@daily", start_date=START)
def mapped_branch():
    @task
    def sizes(number):
        return number

    @task.branch
    def choose(size):
        return "large" if size > 1 else "small"

    choose.expand(size=sizes.expand(number=[1, 2])) >> [EmptyOperator(task_id=one) for one in ("large", "small")]

mapped_branch()
"""


def test_a_branch_over_a_mapped_task_gets_the_value_of_its_own_index(run: Any) -> None:
    ran = run(MAPPED_BRANCH, **{"sizes[0]": "Returns(1)", "sizes[1]": "Returns(2)"})
    assert ran["choices"] == {"choose[0]": ["small"], "choose[1]": ["large"]}


def test_a_branch_over_a_mapped_task_that_nobody_knows_says_which(run: Any) -> None:
    assert "'sizes[0]', which a simulation does not execute" in run(MAPPED_BRANCH)


def test_nothing_to_map_over_skips(run: Any) -> None:
    states = run(MAPPED, parts="Returns([])")["states"]
    assert states == {"parts": "success", "load": "skipped", "done": "skipped"}


@pytest.mark.parametrize(("outcome", "state"), [("Skips()", "skipped"), ("Fails()", "upstream_failed")])
def test_a_source_that_gives_no_value_decides_on_the_mapped_task(run: Any, outcome: str, state: str) -> None:
    assert run(MAPPED, parts=outcome)["states"]["load"] == state


@pytest.mark.parametrize(
    ("key", "outcome", "message"),
    [
        ("part", "Skips()", "did you mean 'parts'?"),
        ("done[0]", "Skips()", "'done' is not mapped"),
        ("parts", "Returns(3)", "Returns(a list or a dict)"),
        ("done", "3", "valid: Succeeds(), Returns(value)"),
        ("done", "Fails(times=0)", "valid: 1 or more"),
    ],
)
def test_an_outcome_that_does_not_fit_is_refused_with_what_would(
    run: Any, key: str, outcome: str, message: str
) -> None:
    assert message in run(MAPPED, **{key: outcome})
