# ruff: noqa: AIR311 -- the old homes are there on every version
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

DATED = ("ds", "ts", "ds_nodash", "ts_nodash", "logical_date", "data_interval_start", "data_interval_end")


def _context(task_id: str = "plain", conf: dict[str, Any] | None = None, run_type: str = "scheduled") -> Any:
    """Return the context of a task of a small DAG."""
    import pendulum
    from airflow import DAG
    from airflow.models.param import Param

    from dagcheck._airflow import contexts, dag_runs
    from dagcheck.rundate import RunDate

    try:
        from airflow.sdk import task
    except ImportError:
        from airflow.decorators import task

    start = pendulum.datetime(2024, 2, 28, tz="UTC")
    params = {"rows": Param(3, type="integer"), "shops": ["a"]}
    with DAG("orders", schedule="@daily", start_date=start, params=params):
        plain = task(task_id="plain")(lambda: None)()
        mapped = task(task_id="mapped")(lambda x: x).expand(x=[1, 2])
    operators = {"plain": plain.operator, "mapped": mapped.operator}
    dag = plain.operator.dag
    if run_type == "scheduled":
        when = RunDate(logical_date=start, data_interval=(start, start.add(days=1)), run_after=start.add(days=1))
    else:
        when = RunDate(logical_date=None, run_after=start, run_type="asset_triggered")
    runs = dag_runs.DagRuns(dag, conf)
    one = dag_runs.Try(start=start.add(days=2), number=2, map_index=1 if task_id == "mapped" else -1)
    instance = dag_runs.task_instance(runs.at(when), operators[task_id], one)
    return contexts.Contexts(dag, runs.conf).of(instance, 2 if task_id == "mapped" else None)


def _read(expression: str, *arguments: Any) -> dict[str, Any]:
    """Evaluate an expression over a context; tell its value or its error, and how the metadata DB was used."""
    from dagcheck._airflow import metadata_db

    used: list[str] = []
    metadata_db.install(lambda: used.append("used"))
    try:
        return {"value": eval(expression, {"context": _context(*arguments)}), "used": used}  # noqa: S307 -- see below
    except Exception as error:  # noqa: BLE001 -- the tests look at it
        return {"error": type(error).__name__, "message": str(error), "used": used}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("[context[key] for key in ('ds', 'ts_nodash')]", ["2024-02-28", "20240228T000000"]),
        ("context['ts']", "2024-02-28T00:00:00+00:00"),
        ("str(context['data_interval_end'])[:10]", "2024-02-29"),
        ("context['params']", {"rows": 3, "shops": ["a"]}),
        ("[context['ti'].task_id, context['ti'].try_number, context['ti'].map_index]", ["plain", 2, -1]),
        ("context['ti'] is context['task_instance'] and context['ti'].task is context['task']", True),
        ("context['dag_run'].run_id == context['run_id'] == context['ti'].run_id", True),
        ("context['dag_run'].run_type", "scheduled"),
        ("context['dag'].dag_id", "orders"),
        ("context['macros'].ds_add(context['ds'], 1)", "2024-02-29"),
        ("context['task_instance_key_str']", "orders__plain__20240228"),
        ("'orders' in context['ti'].log_url and 'plain' in context['ti'].log_url", True),
    ],
)  # fmt: skip
def test_a_context_tells_the_run_without_a_metadata_db(room: Room, expression: str, value: object) -> None:
    assert room(_read, expression) == {"value": value, "used": []}


def test_a_context_has_every_key_that_the_installed_version_has(room: Room) -> None:
    keys = set(room(_read, "list(context)")["value"])
    only_2 = {"conf", "execution_date", "next_ds", "prev_ds", "tomorrow_ds", "yesterday_ds", "test_mode"}
    assert {"dag", "dag_run", "inlets", "outlets", "params", "var", "conn", "prev_start_date_success", *DATED} <= keys
    assert keys & only_2 == (set() if at_least(3, 0) else only_2)


def _unlike() -> list[str]:
    """Compare what is made here with what Airflow itself makes, key by key; 3.x contexts are its own as a whole."""
    from dagcheck._airflow import contexts

    context = _context()
    if at_least(3, 0):
        return []
    own, airflow = dict(context._context), contexts._asked(context["ti"])  # noqa: SLF001 -- each for itself
    assert list(own) == list(airflow)
    stood_in_for = {"triggering_dataset_events", "task"}
    same_class = {"var", "conn", "outlet_events", "inlet_events"}
    unlike = [key for key in own if key in same_class and type(own[key]) is not type(airflow[key])]
    return unlike + [key for key in own if key not in stood_in_for | same_class and own[key] != airflow[key]]


def test_what_is_made_here_is_what_airflow_makes(room: Room) -> None:
    assert room(_unlike) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("next_ds", "2024-02-29"),
        ("prev_ds", "2024-02-27"),
        ("tomorrow_ds_nodash", "20240229"),
        ("prev_ds_nodash", "20240227"),
    ],
)
def test_costly_values_of_2_are_there_when_read(room: Room, key: str, value: object) -> None:
    found = room(_read, f"context[{key!r}]")
    if not at_least(3, 0):
        assert found == {"value": value, "used": []}
    else:
        assert found["error"] == "KeyError"


def _warned() -> list[str]:
    import warnings

    context = _context()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for key in ("ds", "yesterday_ds"):
            context.get(key)
    return [type(one.message).__name__ for one in caught]


def test_reading_a_deprecated_key_of_2_warns(room: Room) -> None:
    assert room(_warned) == ([] if at_least(3, 0) else ["AirflowContextDeprecationWarning"])


def test_a_mapped_task_knows_its_index_and_on_2_the_count(room: Room) -> None:
    assert room(_read, "context['ti'].map_index", "mapped")["value"] == 1
    if not at_least(3, 0):
        found = room(_read, "context['expanded_ti_count']", "mapped")
        assert found == {"value": 2, "used": []}


def test_a_run_without_a_date_has_no_key_that_depends_on_one_since_3(room: Room) -> None:
    keys = set(room(_read, "list(context)", "plain", None, "asset_triggered")["value"])
    assert keys & set(DATED) == (set() if at_least(3, 0) else set(DATED))


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("context['no_such_key']", "KeyError"),
        ("context['dag_run'].no_such_attribute", "AttributeError"),
        ("context['ti'].no_such_attribute", "AttributeError"),
        ("context['dag_run'].execution_date", "AttributeError" if at_least(3, 0) else None),
    ],
)
def test_what_fails_in_production_fails_here(room: Room, expression: str, error: str | None) -> None:
    assert room(_read, f"str({expression})").get("error") == error


def test_conf_overrides_params_and_is_validated(room: Room) -> None:
    assert room(_read, "context['params']['rows'], context['dag_run'].conf", "plain", {"rows": 7})["value"] == [
        7,
        {"rows": 7},
    ]
    assert room(_read, "context", "plain", {"rows": "many"})["error"] == "ParamValidationError"


def test_a_task_cannot_change_the_params_of_another(room: Room) -> None:
    assert room(_changed_params) == ["a"]


def _changed_params() -> list[str]:
    from dagcheck._airflow import contexts, dag_runs

    context = _context()
    one = dag_runs.Try(start=context["dag_run"].start_date)
    instances = [dag_runs.task_instance(context["dag_run"], context["task"], one) for _ in range(2)]
    made = contexts.Contexts(context["dag"], {})
    made.of(instances[0])["params"]["shops"].append("b")
    shops: list[str] = made.of(instances[1])["params"]["shops"]
    return shops


def test_get_current_context_gives_the_context(room: Room) -> None:
    assert room(_current) == ["2024-02-28", "RuntimeError" if at_least(3, 0) else "AirflowException"]


def _current() -> list[str]:
    from dagcheck._airflow import contexts

    try:
        from airflow.sdk import get_current_context
    except ImportError:
        from airflow.operators.python import get_current_context

    with contexts.current(_context()):
        found = [get_current_context()["ds"]]
    try:
        get_current_context()
    except Exception as error:  # noqa: BLE001 -- the versions differ
        found.append(type(error).__name__)
    return found
