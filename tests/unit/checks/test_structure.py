from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from check_samples import SETTINGS, dag, task
from dagcheck.checks.isolated_task import isolated_task
from dagcheck.checks.redundant_dependency import redundant_dependency
from dagcheck.checks.subdag import subdag
from dagcheck.spec import DagSpec


def redundant(spec: DagSpec) -> list[str]:
    return [finding.proof[0] for finding in redundant_dependency(spec, SETTINGS)]


def test_a_task_tied_to_nothing_is_told_at_its_line() -> None:
    [finding] = isolated_task(dag(task("a", "b"), task("b"), task("c", line=9)), SETTINGS)
    assert (
        finding.headline
        == "dags/etl.py:9: etl.c: no dependency ties it to the other 2 tasks of the DAG [isolated-task]"
    )


def test_tasks_none_of_which_has_a_dependency_are_meant_that_way() -> None:
    assert not list(isolated_task(dag(task("a"), task("b"), task("c")), SETTINGS))


def test_the_only_task_of_a_dag_is_not_isolated() -> None:
    assert not list(isolated_task(dag(task("a")), SETTINGS))


def test_a_dependency_that_a_longer_path_implies_is_redundant() -> None:
    assert redundant(dag(task("a", "b", "c"), task("b", "c"), task("c"))) == ["a >> b >> c"]


def test_a_dependency_without_a_longer_path_is_needed() -> None:
    assert redundant(dag(task("a", "b", "c"), task("b"), task("c"))) == []


def test_a_dependency_that_hands_over_an_xcom_is_needed() -> None:
    assert redundant(dag(task("a", "b", "c"), task("b", "c"), task("c", takes_from=("a",)))) == []


def test_a_path_over_a_task_with_another_trigger_rule_implies_nothing() -> None:
    assert redundant(dag(task("a", "b", "c"), task("b", "c", trigger_rule="all_done"), task("c"))) == []


def test_a_target_with_another_trigger_rule_needs_its_direct_dependencies() -> None:
    assert redundant(dag(task("a", "b", "c"), task("b", "c"), task("c", trigger_rule="one_failed"))) == []


def test_the_direct_dependency_of_a_branch_decides_what_is_skipped() -> None:
    assert redundant(dag(task("a", "b", "c", branch=True), task("b", "c"), task("c"))) == []


def test_the_dependency_of_a_setup_on_its_teardown_is_needed() -> None:
    assert redundant(dag(task("a", "b", "c", setup=True), task("b", "c"), task("c", teardown=True))) == []


def test_an_edge_to_a_task_that_is_not_there_is_left_alone() -> None:
    assert redundant(dag(task("a", "b", "gone"), task("b", "gone"))) == []


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1]), max_size=15))
def test_without_its_redundant_dependencies_a_dag_reaches_the_same_tasks(edges: set[tuple[int, int]]) -> None:
    def built(pairs: set[tuple[int, int]]) -> DagSpec:
        return dag(*(task(str(n), *sorted(str(b) for a, b in pairs if a == n)) for n in range(7)))

    def reach(pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
        closed = set(pairs)
        while more := {(a, d) for a, b in closed for c, d in closed if b == c} - closed:
            closed |= more
        return closed

    paths = [path.split(" >> ") for path in redundant(built(edges))]
    needed = edges - {(int(path[0]), int(path[-1])) for path in paths}
    assert reach(needed) == reach(edges)
    assert redundant(built(needed)) == []


def test_a_subdag_is_told_with_the_task_group_that_replaces_it() -> None:
    [finding] = subdag(dag(task("load.tables", operator="SubDagOperator")), SETTINGS)
    assert finding.fix == "use a TaskGroup 'tables' that holds the SubDAG's tasks"


def test_a_dag_without_subdags_has_no_finding() -> None:
    assert not list(subdag(dag(task("a")), SETTINGS))
