"""The engine `airflow` on the installed version: the smoke test that Airflow itself runs DAGs in this environment."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck._airflow.dag_test_template import template
from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

UTC = datetime.timezone.utc
DAY = "2024-02-29"
Runs = Mapping[str, Any]

# the text of a DAG file, because names move between versions
_DAGS = """
import datetime, os, pendulum
from airflow import DAG
from airflow.hooks.base import BaseHook
from airflow.models import Variable
try:
    from airflow.sdk import TaskGroup, task
    from airflow.providers.standard.operators.python import BranchPythonOperator
    from airflow.providers.standard.sensors.python import PythonSensor
    from airflow.providers.standard.operators.empty import EmptyOperator
except ImportError:
    from airflow.decorators import task
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator
    from airflow.sensors.python import PythonSensor
    from airflow.utils.task_group import TaskGroup

SETTINGS = dict(schedule="@daily", start_date=pendulum.datetime(2024, 1, 1), catchup=False)

with DAG("flow", **SETTINGS) as flow:
    @task
    def numbers():
        return [1, 2, 3]

    @task
    def double(number):
        return 2 * number

    @task
    def pair(numbers):
        return tuple(numbers)

    with TaskGroup("branch"):
        choose = BranchPythonOperator(task_id="choose", python_callable=lambda: "branch.left")
        join = EmptyOperator(task_id="join", trigger_rule="none_failed")
        choose >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")] >> join
    pair(double.expand(number=numbers())) >> choose

with DAG("dated", **SETTINGS) as dated:
    @task
    def tell(data_interval_start=None, data_interval_end=None, run_id=None, dag_run=None):  # 2.7 wants defaults
        run_type = getattr(dag_run.run_type, "value", dag_run.run_type)
        return [data_interval_start.isoformat(), data_interval_end.isoformat(), run_id, run_type]
    tell()

with DAG("retried", **SETTINGS) as retried:
    @task(retries=2, retry_delay=datetime.timedelta(hours=1))
    def third_time_lucky(**context):  # 3.2 keeps it with the operator, and looks at all of it between the tries
        calls.append(datetime.datetime.now())
        if len(calls) < 3:
            raise ValueError("not yet")
    @task(retries=1, retry_delay=datetime.timedelta(days=2))
    def never():
        raise OSError("gone")
    calls = []
    third_time_lucky()
    never() >> EmptyOperator(task_id="after")

with DAG("sensing", **SETTINGS) as sensing:
    pokes = []
    often = dict(poke_interval=600, timeout=3600)
    PythonSensor(task_id="poking", python_callable=lambda: pokes.append(1) or len(pokes) > 4, **often)
    PythonSensor(task_id="too_late", python_callable=lambda: False, **often)

with DAG("rescheduling", **SETTINGS) as rescheduling:
    looks = []
    PythonSensor(
        task_id="wait", python_callable=lambda: looks.append(1) or len(looks) > 2, mode="reschedule", poke_interval=900
    )

with DAG("declared", **SETTINGS) as declared:
    @task
    def read():
        os.environ["LEFT_BEHIND"] = "yes"
        return [Variable.get("limit"), BaseHook.get_connection("shop").host, BaseHook.get_connection("store").login]
    read()

with DAG("configured", **SETTINGS) as configured:
    @task
    def conf(dag_run=None):
        return dag_run.conf
    conf()
"""


def _ran(template_path: str, dags: str) -> dict[str, Any]:
    """Run every DAG once, all in one process, "flow" twice on the same date."""
    import io
    import itertools
    import os
    import sys
    import time
    import warnings
    from contextlib import redirect_stdout

    from dagcheck._airflow.dag_test import run_dag_test
    from dagcheck.given import table
    from dagcheck.rundate import RunDate

    warnings.simplefilter("ignore")
    names: dict[str, Any] = {"__name__": "dags", "__file__": __file__}
    exec(compile(dags, __file__, "exec"), names)  # noqa: S102 -- text of this file
    start = datetime.datetime.fromisoformat(f"{DAY}T00:00:00+00:00")
    end = start + datetime.timedelta(days=1)
    when = RunDate(logical_date=start, data_interval=(start, end), run_after=end)
    connections = {"shop": "http://shop.example", "store": '{"conn_type": "s3", "login": "me"}'}
    given: dict[str, Any] = {
        "variables": table("variable", {"limit": "7"}),
        "connections": table("connection", connections),
    }
    found: dict[str, Any] = {}
    environment, path = dict(os.environ), list(sys.path)
    for name in ("flow", "dated", "retried", "sensing", "rescheduling", "declared", "configured", "again"):
        dag = names["flow" if name == "again" else name]
        conf = {"answer": 42} if name == "configured" else None
        before = time.time(), time.perf_counter()
        with redirect_stdout(io.StringIO()):
            run = run_dag_test(dag, when, template=Path(template_path), conf=conf, **given)
        found[name] = {
            "state": run.state,
            "states": {task if index < 0 else f"{task}[{index}]": state for (task, index), state in run.states.items()},
            "xcoms": {
                task if index < 0 else f"{task}[{index}]": repr(values["return_value"])
                for (task, index), values in run.xcoms.items()
                if "return_value" in values
            },
            "tries": [
                {**asdict(one), "start": one.start.total_seconds(), "end": one.end.total_seconds()} for one in run.tries
            ],
            "seconds": time.perf_counter() - before[1],
            "clock": time.time() - before[0],
        }
    calls = names["calls"]
    found["hours"] = [(later - sooner).total_seconds() / 3600 for sooner, later in itertools.pairwise(calls)]
    found["pokes"] = len(names["pokes"])
    found["left"] = [os.environ == environment, sys.path == path]
    return found


@pytest.fixture(scope="session")
def runs(room: Room) -> Runs:
    found: Runs = room(_ran, str(template()), _DAGS)
    return found


def test_tasks_of_every_kind_end_in_the_states_that_airflow_gives_them(runs: Runs) -> None:
    assert runs["flow"]["state"] == "success"
    assert runs["flow"]["states"] == {
        "branch.choose": "success", "branch.join": "success", "branch.left": "success", "branch.right": "skipped",
        "double[0]": "success", "double[1]": "success", "double[2]": "success", "numbers": "success", "pair": "success",
    }  # fmt: skip


def test_xcoms_come_as_a_task_would_pull_them(runs: Runs) -> None:
    xcoms = runs["flow"]["xcoms"]
    assert {task: xcoms[task] for task in ("numbers", "double[2]", "pair")} == {
        "numbers": "[1, 2, 3]", "double[2]": "6", "pair": "(2, 4, 6)",
    }  # fmt: skip


def test_the_same_date_can_run_again(runs: Runs) -> None:
    assert runs["again"]["states"] == runs["flow"]["states"]


def test_the_run_has_the_date_interval_and_type_that_were_asked_for(runs: Runs) -> None:
    day_after = "2024-03-01"
    made = day_after if at_least(3, 0) else DAY  # 3.x names a run after the moment at which it may start
    assert runs["dated"]["xcoms"]["tell"] == repr([
        f"{DAY}T00:00:00+00:00", f"{day_after}T00:00:00+00:00", f"scheduled__{made}T00:00:00+00:00", "scheduled",
    ])  # fmt: skip


def test_retries_are_counted_and_end(runs: Runs) -> None:
    run = runs["retried"]
    tries = [(one["task_id"], one["try_number"], one["state"]) for one in run["tries"]]
    assert sorted(tries) == [
        ("never", 1, "up_for_retry"), ("never", 2, "failed"), ("third_time_lucky", 1, "up_for_retry"),
        ("third_time_lucky", 2, "up_for_retry"), ("third_time_lucky", 3, "success"),
    ]  # fmt: skip
    assert (run["state"], run["states"]["after"]) == ("failed", "upstream_failed")


def test_every_try_tells_what_it_raised(runs: Runs) -> None:
    errors = {one["task_id"]: one["error"] for one in runs["retried"]["tries"] if one["error"]}
    assert (errors["never"]["type"], errors["never"]["message"]) == ("OSError", "gone")
    assert "in never" in errors["never"]["traceback"]


def test_retry_delays_pass_on_the_clock_but_not_for_us(runs: Runs) -> None:
    assert runs["hours"] == pytest.approx([1, 1], abs=0.1)
    assert runs["retried"]["seconds"] < 100


def test_tries_tell_when_they_would_have_been(runs: Runs) -> None:
    hours = [one["start"] / 3600 for one in runs["retried"]["tries"] if one["task_id"] == "never"]
    assert hours == pytest.approx([0, 48], abs=0.1)


def test_the_clock_is_put_right_after_the_run(runs: Runs) -> None:
    assert runs["retried"]["clock"] == pytest.approx(runs["retried"]["seconds"], abs=5)


def test_sensors_poke_and_time_out_without_waiting(runs: Runs) -> None:
    assert runs["sensing"]["states"] == {"poking": "success", "too_late": "failed"}
    assert runs["pokes"] == 5


def test_a_sensor_is_rescheduled_until_it_is_satisfied(runs: Runs) -> None:
    run = runs["rescheduling"]
    states = [one["state"] for one in run["tries"]]
    if at_least(3, 0) and not at_least(3, 1):
        assert (states, run["state"]) == (["up_for_reschedule", "failed"], "failed")  # see the engine's docstring
    else:
        assert (states, run["state"]) == (["up_for_reschedule", "up_for_reschedule", "success"], "success")


def test_variables_and_connections_are_those_declared(runs: Runs) -> None:
    assert runs["declared"]["xcoms"]["read"] == "['7', 'shop.example', 'me']"


def test_the_configuration_of_a_run_reaches_its_tasks(runs: Runs) -> None:
    assert runs["configured"]["xcoms"]["conf"] == "{'answer': 42}"


def test_nothing_is_left_in_the_environment_or_on_the_path(runs: Runs) -> None:
    assert runs["left"] == [True, True]


def _run_with_foreign_settings(template_path: str) -> str:
    from airflow import settings

    from dagcheck._airflow.dag_test import run_dag_test
    from dagcheck.errors import ConfigError
    from dagcheck.rundate import RunDate

    settings.SQL_ALCHEMY_CONN = "postgresql://production"
    try:
        when = RunDate(logical_date=None, run_after=datetime.datetime.now(UTC))
        run_dag_test(None, when, template=Path(template_path))
    except ConfigError as error:
        return str(error)
    return "nothing was raised"


def test_an_airflow_with_the_users_own_settings_is_not_touched(room: Room, tmp_path: Path) -> None:
    assert "before dagcheck could prepare for it" in room(_run_with_foreign_settings, str(tmp_path))


def _unchanged(template_path: str) -> bool:
    import sqlalchemy
    from airflow import settings

    from dagcheck._airflow.dag_test_database import fresh_database

    before = (settings.SQL_ALCHEMY_CONN, settings.engine, settings.Session)
    with fresh_database(Path(template_path)):
        assert before[0] != settings.SQL_ALCHEMY_CONN
        assert settings.Session().execute(sqlalchemy.text("SELECT 1")).scalar() == 1
    return before == (settings.SQL_ALCHEMY_CONN, settings.engine, settings.Session)


def test_the_orm_is_pointed_back_afterwards(room: Room) -> None:
    assert room(_unchanged, str(template()))


def _through_run_dag(dags: str) -> list[Any]:
    from dagcheck.errors import UsageError
    from dagcheck.execution import run_dag
    from dagcheck.running.outcomes import Succeeds

    names: dict[str, Any] = {"__name__": "dags", "__file__": __file__}
    exec(compile(dags, __file__, "exec"), names)  # noqa: S102 -- text of this file
    run = run_dag(names["flow"], DAY, engine="airflow")
    refused = []
    for options in ({"engine": "airflow", "outcomes": {"numbers": Succeeds()}}, {"after": [names["flow"]]}):
        try:
            run_dag(names["flow"], DAY, **options)
        except UsageError as error:  # noqa: PERF203 -- both are looked at
            refused.append(str(error))
    return [run.run_state, run.state("branch.right"), run.xcom("double"), len(run.tries["pair"]), *refused]


def test_run_dag_has_this_engine_and_each_engine_refuses_what_it_has_not(room: Room) -> None:
    assert room(_through_run_dag, _DAGS) == [
        "success", "skipped", [2, 4, 6], 1, "outcomes: engine 'airflow' runs every task for real; use engine 'memory'",
        "after: in memory no DAG leaves anything behind for another one; use engine 'airflow'",
    ]  # fmt: skip
