"""What authors of DAGs write every day: dependencies, templates, XComs, tasks from configuration, states."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck import Returns
from dagcheck._airflow.versions import at_least
from dagcheck.assertions import assert_dependencies, assert_task

if TYPE_CHECKING:
    from dagcheck.running.result import Run

DAY = "2024-03-05"


def edges_within(dagbag: Any, group: str) -> set[tuple[str, str]]:
    edges = dagbag.specs["dependency_spellings"].edges()
    inside = (edge for edge in edges if edge[0].startswith(f"{group}."))
    return {(first.removeprefix(f"{group}."), second.removeprefix(f"{group}.")) for first, second in inside}


@pytest.mark.pattern("E3")
@pytest.mark.parametrize(
    ("shape", "ways", "edges"),
    [
        ("line", ["shift", "left_shift", "set_downstream", "set_upstream", "chain"], {"ab", "bc"}),
        ("diamond", ["shift", "left_shift", "set_methods", "chain"], {"ab", "ac", "bd", "cd"}),
        ("cross", ["cross_downstream", "shift", "left_shift"], {"ac", "ad", "bc", "bd"}),
        ("pairs", ["chain", "shift"], {"ac", "bd"}),
    ],
)
def test_all_spellings_give_the_graph_that_they_should(
    dagbag: Any, shape: str, ways: list[str], edges: set[str]
) -> None:
    groups = [group for group in dagbag.specs["dependency_spellings"].groups if group.startswith(shape)]
    assert groups == [f"{shape}_by_{way}" for way in ways]
    for group in groups:
        assert edges_within(dagbag, group) == {(edge[0], edge[1]) for edge in edges}, group


@pytest.mark.pattern("E3")
def test_lists_know_no_shift_and_lists_of_two_lengths_no_chain(
    dag_maker: Callable[..., Any], module_of: Callable[[str], ModuleType]
) -> None:
    module = module_of("dependency_spellings")
    with dag_maker("spellings"):
        a, b, c, d, e = module.tasks("abcde")
        with pytest.raises(TypeError, match="unsupported operand"):
            [a, b] >> [c, d]  # type: ignore[operator] # noqa: B018 -- the expression is the test
        with pytest.raises(Exception, match="different length"):
            module.chain([a, b], [c, d, e])


@pytest.mark.pattern("E3")
def test_all_of_them_run(same_with_airflow: Callable[..., Run]) -> None:
    assert same_with_airflow("dependency_spellings", DAY).success


@pytest.mark.pattern("E6")
def test_configuration_gives_tasks_and_the_run_gives_instances() -> None:
    assert_dependencies(
        "tasks_from_config",
        """
        extract_products >> transform_products >> load
        extract_regions >> transform_regions >> load
        extract_orders >> transform_orders >> load
        extract_orders >> discover_regions >> [region_revenue, complete]
        region_revenue >> complete
        """,
    )


@pytest.mark.pattern("E6")
def test_the_structure_is_as_reviewed(dag_snapshot: Callable[..., None]) -> None:
    dag_snapshot("tasks_from_config")


@pytest.mark.pattern("E6")
def test_each_region_that_has_orders_gets_an_instance(
    same_with_airflow: Callable[..., Run], run_dag: Callable[..., Run]
) -> None:
    run = same_with_airflow("tasks_from_config", DAY)
    assert run.xcom("load")["products"] == 4
    assert set(run.xcom("complete")) == {"eu-west", "us-east", "us-west"}
    assert run.xcom("region_revenue") == list(run.xcom("complete").values())
    rows = [{"order_id": "1", "region": "us-west", "product": "lamp", "quantity": 1, "refund": 0}]
    fewer = run_dag("tasks_from_config", DAY, outcomes={"extract_orders": Returns(rows)})
    assert list(fewer.xcom("complete")) == ["us-west"]
    assert fewer.graph.task_ids == run.graph.task_ids


@pytest.mark.pattern("E6")
def test_bad_rows_of_one_entity_leave_the_others_alone(
    run_dag: Callable[..., Run], module_of: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = module_of("tasks_from_config")
    source = module.read_source
    monkeypatch.setattr(module, "read_source", lambda entity, day: [] if entity == "regions" else source(entity, day))
    run = run_dag("tasks_from_config", DAY)
    assert run.errors["extract_regions"].message.endswith("regions: no rows")
    assert (run.state("transform_orders"), run.state("load")) == ("success", "upstream_failed")


@pytest.mark.pattern("E7")
@pytest.mark.parametrize(
    ("day", "params", "lines"),
    [
        (DAY, {}, ["2024-03-04 main", "2024-03-03 main", "2024-03-02 main", "until 04 March 2024"]),
        ("2024-03-01", {"days": 1, "shop": "north"}, ["2024-02-29 north", "until 29 February 2024"]),
    ],
)
def test_a_script_is_read_and_rendered(
    run_dag: Callable[..., Run], day: str, params: dict[str, Any], lines: list[str]
) -> None:
    run = run_dag("templating", day, params=params)
    echoes = [line for line in run.rendered["script"]["bash_command"].splitlines() if line.startswith("echo")]
    assert echoes == [f'echo "{line}"' for line in lines]
    assert run.xcom("script") == lines[-1]  # bash's last line of output


@pytest.mark.pattern("E7")
@pytest.mark.parametrize("day", ["2024-01-01", "2024-03-31", "2024-04-01", "2024-10-27", "2024-10-28"])
def test_the_local_day_is_rendered_also_when_clocks_change(run_dag: Callable[..., Run], day: str) -> None:
    run = run_dag("templating", day)
    assert run.rendered["environment"]["env"] == {"SHOP": "main", "DAY": day}
    assert run.xcom("environment") == f"main on {day}"


@pytest.mark.pattern("E7")
def test_arguments_of_a_function_are_texts(same_with_airflow: Callable[..., Run]) -> None:
    run = same_with_airflow("templating", DAY, params={"days": 2})
    assert run.xcom("function") == {"day": DAY, "shop": "MAIN", "days": "2"}


@pytest.mark.pattern("E7")
def test_a_shop_that_is_a_command_is_refused(dagbag: Any) -> None:
    with pytest.raises(Exception, match="does not match"):
        dagbag["templating"].params.get_param("shop").resolve("$(rm -rf /)")


@pytest.mark.pattern("E11")
def test_values_are_pulled_by_task_and_key(
    same_with_airflow: Callable[..., Run], module_of: Callable[[str], ModuleType]
) -> None:
    module = module_of("xcom_push_pull")
    orders = module.orders_of(datetime.date(2024, 3, 5))
    run = same_with_airflow("xcom_push_pull", DAY)
    assert run.xcoms["push"] == {
        "return_value": len(orders), "revenue": module.revenue(orders), "regions": ["eu-west", "us-east", "us-west"],
    }  # fmt: skip
    assert run.xcom("pull") == {
        "orders": len(orders), "revenue": module.revenue(orders), "regions": ["eu-west", "us-east", "us-west"],
        "missing": None, "default": "none was pushed",
    }  # fmt: skip
    assert run.xcom("pull_in_a_template") == f"{module.revenue(orders)} cents"


@pytest.mark.pattern("E11")
def test_a_key_that_nobody_pushed_fails_the_one_that_needs_it(run_dag: Callable[..., Run]) -> None:
    run = run_dag("xcom_push_pull", DAY, outcomes={"push": Returns(5)})
    assert "no revenue" in run.errors["pull"].message
    assert run.xcom("pull_in_a_template") == "None cents"  # a template renders what is not there, too


@pytest.mark.pattern("E2")
def test_one_run_shows_every_state_that_a_task_comes_to(
    run_dag: Callable[..., Run], same_with_airflow: Callable[..., Run], store: Path
) -> None:
    running = same_with_airflow if at_least(2, 9) else run_dag  # before, dag.test() has nothing that triggers
    run = running("task_states", DAY)
    tries = {task_id: [one.state for one in each] for task_id, each in run.tries.items()}
    assert tries["succeeds"] == ["success"]
    assert tries["retried"] == ["up_for_retry", "success"]
    assert tries["fails"] == ["failed"]
    assert tries["waits"][0] == "up_for_reschedule"
    assert tries["waits"][-1] == "success"
    assert tries["deferred"] == ["deferred", "success"]
    assert (run.state("blocked"), run.state("skipped")) == ("upstream_failed", "skipped")
    assert run.state("behind_the_skipped") == "skipped"
    assert run.state == "failed"
    assert list(store.iterdir()) == []


def as_the_scheduler_has_it(dag: Any) -> Any:
    if not at_least(3, 0):
        return dag
    from airflow.serialization import serialized_objects

    serialization = getattr(serialized_objects, "DagSerialization", None) or serialized_objects.SerializedDAG
    return serialization.from_dict(serialization.to_dict(dag))


if at_least(2, 9):  # before, dag.test() has nothing that triggers, which this DAG needs

    @pytest.mark.pattern("E2", how="dag.test()")
    def test_a_task_that_a_later_version_of_the_dag_does_not_have_is_removed(
        run_dag: Callable[..., Run],
        dag_maker: Callable[..., Any],
        dagbag: Any,
        monkeypatch: pytest.MonkeyPatch,
        store: Path,
    ) -> None:
        from dagcheck._airflow.dag_test_rows import states

        del store
        gone = {"skipped", "behind_the_skipped"}
        empty = type(dagbag["dependency_spellings"].tasks[0])
        with dag_maker("task_states") as later:
            for task_id in set(dagbag.specs["task_states"].task_ids) - gone:
                empty(task_id=task_id)

        def looked_at_again(dag: Any, run_id: str) -> Any:
            from airflow.models import DagRun
            from airflow.utils.session import create_session

            with create_session() as session:
                dag_run = session.query(DagRun).filter_by(run_id=run_id).one()
                dag_run.dag = as_the_scheduler_has_it(later)
                version = {"dag_version_id": dag_run.created_dag_version_id} if at_least(3, 0) else {}
                dag_run.verify_integrity(session=session, **version)  # as the scheduler does when a run goes on
            return states(dag, run_id)

        monkeypatch.setattr("dagcheck._airflow.dag_test.states", looked_at_again)
        run = run_dag("task_states", DAY, engine="airflow")
        assert {task_id for task_id, state in run.states.items() if state == "removed"} == gone
        assert run.state("succeeds") == "success"


@pytest.mark.pattern("E2")
def test_the_sensor_gives_its_slot_back_and_every_task_has_retries() -> None:
    assert_task("task_states", "waits", mode="reschedule")
    assert_task("task_states", "fails", retries=1)
