from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_dags import dag

from dagcheck.assertions import (
    assert_dependencies,
    assert_downstream,
    assert_no_cycles,
    assert_order,
    assert_path,
    assert_upstream,
)
from dagcheck.errors import UnknownIdError, UsageError
from dagcheck.spec import DagSpec

ETL = dag("extract >> [transform_a, transform_b] >> load >> publish")
GROUPED = dag(
    """
    start >> [raw.orders, raw.refunds]
    cross_downstream([raw.orders, raw.refunds], [check.unique, check.belong])
    [check.unique, check.belong] >> done
    raw.orders >> raw.deep.sum
    raw.deep.sum >> [check.unique, check.belong]
    """,
    groups=("raw", "raw.deep", "check"),
)
IDS = "abcdef"
EDGES = st.sets(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda e: e[0] < e[1]), min_size=1)


def failure(assertion: Callable[..., None], *arguments: object, **options: object) -> str:
    with pytest.raises(AssertionError) as caught:
        assertion(*arguments, **options)
    return str(caught.value)


def text(edges: set[tuple[str, str]]) -> str:
    return "\n".join([*(f"{up} >> {down}" for up, down in edges), *IDS])


@pytest.mark.parametrize(
    "expected",
    [
        "extract >> [transform_a, transform_b] >> load >> publish",
        "publish << load << [transform_a, transform_b] << extract",
        "chain(extract, [transform_a, transform_b], load, publish)",
        {
            "extract": {"transform_a", "transform_b"},
            "transform_a": "load",
            "transform_b": ["load"],
            "load": {"publish"},
        },
    ],
)
def test_every_spelling_of_the_same_dependencies_holds(expected: object) -> None:
    assert_dependencies(ETL, expected)  # type: ignore[arg-type]


def test_a_difference_is_told_with_both_graphs() -> None:
    told = failure(assert_dependencies, ETL, "extract >> transform_a >> [load, publish]; load >> transform_b")
    assert (
        told
        == """\
dags/orders.py:7: orders: the dependencies are not the expected ones
  expected:
    extract >> transform_a >> [load, publish]
    load >> transform_b
  found:
    extract >> [transform_a, transform_b] >> load >> publish
  difference:
    - transform_a >> publish  (expected, found only by way of load)
    - load >> transform_b  (expected, found the other way round)
    + extract >> transform_b  (not expected)
    + transform_b >> load  (not expected)
    + load >> publish  (not expected)"""
    )


@given(EDGES, EDGES)
def test_dependencies_hold_exactly_for_equal_graphs(found: set[tuple[str, str]], wanted: set[tuple[str, str]]) -> None:
    if found == wanted:
        assert_dependencies(dag(text(found)), text(wanted))
    else:
        failure(assert_dependencies, dag(text(found)), text(wanted))


@given(EDGES, EDGES)
def test_partial_dependencies_hold_exactly_for_subgraphs(
    found: set[tuple[str, str]], wanted: set[tuple[str, str]]
) -> None:
    if wanted <= found:
        assert_dependencies(dag(text(found)), text(wanted), partial=True)
    else:
        failure(assert_dependencies, dag(text(found)), text(wanted), partial=True)


def test_a_task_that_is_not_named_is_a_difference() -> None:
    told = failure(assert_dependencies, dag("a >> b; lonely"), "a >> b")
    assert "+ lonely  (a task that the expectation does not name)" in told


def test_a_task_without_dependencies_is_named_alone() -> None:
    assert_dependencies(dag("a >> b; lonely"), "a >> b; lonely")


def test_of_many_dependencies_only_those_are_shown_that_matter() -> None:
    many = dag("\n".join(f"a{number} >> b{number} >> c{number}" for number in range(60)))
    told = failure(assert_dependencies, many, "a1 >> c1", partial=True)
    assert "a1 >> b1" in told
    assert "118 dependencies more" in told
    assert len(told.splitlines()) < 20


def test_a_group_stands_for_its_first_and_last_tasks() -> None:
    assert_dependencies(GROUPED, "start >> raw >> check >> done; raw.refunds >> check", partial=True)
    told = failure(assert_dependencies, GROUPED, "check >> raw", partial=True)
    assert "- check.unique >> raw.orders  (expected, found the other way round)" in told


def test_dependencies_within_a_group_named_as_a_whole_are_free() -> None:
    assert_dependencies(GROUPED, "start >> raw >> check >> done; [raw.orders, raw.refunds] >> check.unique; "
                                 "[raw.orders, raw.refunds] >> check.belong")  # fmt: skip


def test_dependencies_within_a_group_are_compared_once_one_is_written() -> None:
    rest = "start >> raw; raw.deep >> check >> done; raw.orders >> check; raw.refunds >> check; "
    assert_dependencies(GROUPED, rest + "raw.orders >> raw.deep")
    told = failure(assert_dependencies, GROUPED, rest + "raw.refunds >> raw.deep.sum")
    assert "+ raw.orders >> raw.deep.sum  (not expected)" in told


def test_a_teardown_is_not_the_last_task_of_its_group() -> None:
    made = dag("g.up >> g.work >> g.down; g.up >> g.down; g.work >> after", groups=("g",),
               tasks={"g.up": {"setup": True}, "g.down": {"teardown": True}})  # fmt: skip
    assert_dependencies(made, "g >> after")


def test_a_group_without_tasks_is_refused() -> None:
    with pytest.raises(UsageError, match="group 'empty' has no tasks"):
        assert_dependencies(dag("a >> b", groups=("empty",)), "a >> empty", partial=True)


@pytest.mark.parametrize(
    ("name", "like"), [("extrct", "'extract'"), ("unique", "'check.unique'"), ("zebra", "Valid: check,")]
)
def test_an_unknown_id_is_a_mistake_of_the_test(name: str, like: str) -> None:
    made = dag("extract >> check.unique", groups=("check",))
    with pytest.raises(UnknownIdError, match="orders: unknown task or group") as caught:
        assert_dependencies(made, f"extract >> {name}")
    assert like in str(caught.value)


def test_an_empty_expectation_is_refused() -> None:
    with pytest.raises(UsageError, match="no task is named"):
        assert_dependencies(ETL, {})


def test_something_else_than_a_dag_is_refused() -> None:
    with pytest.raises(UsageError, match=r"got function: a function decorated with @dag"):
        assert_no_cycles(lambda: None)


@pytest.mark.parametrize(
    ("task", "expected", "options"),
    [
        ("load", {"transform_a", "transform_b"}, {}),
        ("load", "transform_a", {"partial": True}),
        ("load", {"extract", "transform_a", "transform_b"}, {"transitive": True}),
        ("extract", set(), {}),
    ],
)
def test_upstream_tasks(task: str, expected: set[str], options: dict[str, bool]) -> None:
    assert_upstream(ETL, task, expected, **options)


@pytest.mark.parametrize(
    ("task", "expected", "options"),
    [
        ("extract", {"transform_a", "transform_b"}, {}),
        ("transform_a", ["load", "publish"], {"transitive": True}),
        ("extract", {"publish"}, {"transitive": True, "partial": True}),
        ("publish", (), {"transitive": True}),
    ],
)
def test_downstream_tasks(task: str, expected: set[str], options: dict[str, bool]) -> None:
    assert_downstream(ETL, task, expected, **options)


def test_a_difference_of_upstream_tasks_is_told() -> None:
    told = failure(assert_upstream, ETL, "load", {"extract", "transform_a"})
    assert (
        told
        == """\
dags/orders.py:7: orders.load: the tasks directly upstream are not the expected ones
  expected:
    extract, transform_a
  found:
    transform_a, transform_b
  difference:
    - extract  (expected, not found)
    + transform_b  (not expected)
  graph:
    [transform_a, transform_b] >> load"""
    )


@pytest.mark.parametrize(
    ("assertion", "task", "expected", "options"),
    [
        (assert_upstream, "load", {"transform_a"}, {}),
        (assert_upstream, "load", {"publish"}, {"partial": True}),
        (assert_upstream, "publish", {"load"}, {"transitive": True}),
        (assert_downstream, "extract", {"transform_a"}, {}),
        (assert_downstream, "extract", {"load"}, {"partial": True}),
        (assert_downstream, "extract", {"transform_a", "transform_b", "load"}, {"transitive": True}),
        (assert_downstream, "publish", {"load"}, {"transitive": True}),
    ],
)
def test_other_upstream_and_downstream_tasks_fail(
    assertion: Callable[..., None], task: str, expected: set[str], options: dict[str, bool]
) -> None:
    failure(assertion, ETL, task, expected, **options)


def test_what_lies_outside_of_a_group_is_upstream_and_downstream_of_it() -> None:
    assert_upstream(GROUPED, "raw", "start")
    assert_downstream(GROUPED, "raw", {"check.unique", "check.belong"})
    assert_downstream(GROUPED, "start", "raw")
    assert_upstream(GROUPED, "done", {"check", "raw", "start"}, transitive=True)
    failure(assert_upstream, GROUPED, "check", "start")


def test_a_path_is_made_of_direct_dependencies() -> None:
    assert_path(ETL, "extract", "transform_b", "load")
    assert_path(GROUPED, "start", "raw", "check", "done")
    told = failure(assert_path, ETL, "extract", "load", "publish")
    assert "- extract >> load  (expected, found only by way of transform_a)" in told


def test_an_order_may_have_other_tasks_in_between() -> None:
    assert_order(ETL, "extract", "load", "publish")
    assert_order(GROUPED, "start", "check", "done")
    told = failure(assert_order, ETL, "load", "extract")
    assert "extract does not wait for load; extract comes before load" in told
    assert "load before extract" in told
    failure(assert_order, ETL, "transform_a", "transform_b")


@given(EDGES)
def test_whatever_a_path_says_an_order_says_too(edges: set[tuple[str, str]]) -> None:
    made = dag(text(edges))
    for upstream, downstream in edges:
        assert_path(made, upstream, downstream)
        assert_order(made, upstream, downstream)
        failure(assert_order, made, downstream, upstream)


@pytest.mark.parametrize("assertion", [assert_path, assert_order])
def test_an_order_of_one_task_is_refused(assertion: Callable[..., None]) -> None:
    with pytest.raises(UsageError, match="at least two"):
        assertion(ETL, "load")


@pytest.mark.parametrize(
    "call",
    [
        lambda made: assert_upstream(made, "lod", ()),
        lambda made: assert_upstream(made, "load", "extrct"),
        lambda made: assert_downstream(made, "lod", ()),
        lambda made: assert_path(made, "extract", "lod"),
        lambda made: assert_order(made, "extract", "lod"),
    ],
)
def test_every_assertion_refuses_an_unknown_id(call: Callable[[DagSpec], None]) -> None:
    with pytest.raises(UnknownIdError, match="did you mean"):
        call(ETL)


def test_a_cycle_is_told_with_the_whole_way_round() -> None:
    assert_no_cycles(ETL)
    told = failure(assert_no_cycles, dag("a >> b >> c >> a; c >> d"))
    assert told == "dags/orders.py:7: orders: a cycle: a >> b >> c >> a"
