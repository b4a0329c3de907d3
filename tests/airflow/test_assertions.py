"""Assertions on DAG objects of the installed Airflow; the notation against Airflow's own reading of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

PLAIN = Path(__file__).with_name("plain")
# Each is run as a DAG file would, and then asserted of the DAG that came out.
TEXTS = [
    "a >> b >> c",
    "a << b << c",
    "a >> [b, c] >> d",
    "[a, b] << c",
    "a >> [b >> c, d]",
    "chain(a, b, [c, d], e)",
    "chain(a, [b, c], [d, e])",
    "chain(a, [Label('x'), Label('y')], [b, c], d)",
    "chain_linear(a, [b, c], [d, e])",
    "cross_downstream([a, b], [c, d])",
    "a >> Label('yes') >> b; a << Label('no') << c",
    "a.set_downstream([b, c]); d.set_upstream(b)",
    "a >> g >> b",
    "[a, b] >> g; g >> [c, d]",
    "a << g << b",
    "chain(a, g, b)",
    "chain(a, [g, b], c)",
    "h >> g >> a",
    "a >> outer >> b; g >> outer",
    "outer.inner >> a >> h; outer.r",
    "t >> a",
]


def disagreements(texts: list[str]) -> list[str]:
    """Run each text with real operators, then assert it; return what goes wrong."""
    found = {text: _problem(partial(_compare, f"dag_{number}", text)) for number, text in enumerate(texts)}
    return [f"{text}: {problem}" for text, problem in found.items() if problem != "nothing"]


def _compare(dag_id: str, text: str) -> None:
    _assert(_made(dag_id, text), text)


def _assert(dag: Any, text: str) -> None:
    """All but what a text leaves out must be as it says; no text has dependencies within a group."""
    from dagcheck.assertions import assert_dependencies
    from dagcheck.assertions.notation import parse

    named = {name.partition(".")[0] for name in parse(text).names}
    assert_dependencies(
        dag, "\n".join([text, *(name for name in ("a", "b", "c", "d", "e", *"ght", "outer") if name not in named)])
    )
    extra = "e >> a" if "e" not in named else "b >> a >> e"
    with pytest.raises(AssertionError):
        assert_dependencies(dag, f"{text}\n{extra}", partial=True)


def _made(dag_id: str, text: str) -> Any:
    from dagcheck.dagbag import make_dag

    try:
        from airflow.sdk import BaseOperator, Label, TaskGroup, chain, chain_linear, cross_downstream
    except ImportError:
        from airflow.models import BaseOperator
        from airflow.models.baseoperator import chain, chain_linear, cross_downstream
        from airflow.utils.edgemodifier import Label
        from airflow.utils.task_group import TaskGroup

    with make_dag(dag_id) as dag:
        names: dict[str, Any] = {name: BaseOperator(task_id=name) for name in "abcde"}
        with TaskGroup("g") as names["g"]:
            BaseOperator(task_id="x") >> [BaseOperator(task_id="y"), BaseOperator(task_id="z")]
        with TaskGroup("h", prefix_group_id=False) as names["h"]:
            BaseOperator(task_id="free")
        with TaskGroup("outer") as names["outer"]:
            with TaskGroup("inner") as inner:
                BaseOperator(task_id="p") >> BaseOperator(task_id="q")
            names["outer"].r = BaseOperator(task_id="r")
        names["outer"].inner = inner
        with TaskGroup("t") as names["t"]:
            up, down = BaseOperator(task_id="up").as_setup(), BaseOperator(task_id="down").as_teardown()
            up >> BaseOperator(task_id="work") >> down
            up >> down
        functions = {"Label": Label, "chain": chain, "chain_linear": chain_linear, "cross_downstream": cross_downstream}
        exec(text, {**names, **functions})  # noqa: S102 - that is how Airflow reads it
    return dag


def test_the_notation_means_what_it_means_in_a_dag_file(room: Room) -> None:
    assert room(disagreements, TEXTS) == []


def _problem(call: Callable[[], None]) -> str:
    try:
        call()
    except Exception as error:  # noqa: BLE001 - told by the test
        return f"{type(error).__name__}: {error}"
    return "nothing"


def look(path: str) -> dict[str, Any]:
    """Assert many things of one DAG object that hold; return the texts of those that do not."""
    from dagcheck._airflow.loading import load_file
    from dagcheck.assertions import (
        assert_downstream,
        assert_group,
        assert_schedule,
        assert_task,
        assert_tasks,
        assert_triggers,
        assert_waits_for,
    )
    from dagcheck.snapshots import snapshot_text

    (dag,) = load_file(Path(path)).dags
    minute, zone = datetime.timedelta(minutes=1), datetime.timezone(datetime.timedelta(hours=1))
    assert_group(dag, "report", {"plain", "inner.deep"})
    assert_group(dag, "report.inner", "deep")
    assert_group(dag, "each", ["inside"])
    assert_task(dag, "bash", operator="BashOperator", mapped=True, retries=9, depends_on_past=True, retry_delay=minute)
    assert_task(dag, "report.inner.deep", execution_timeout=datetime.timedelta(hours=1), python_callable=print)
    assert_task(dag, "choose", operator=type(dag.task_dict["choose"]), branch=True, trigger_rule="all_success")
    assert_task(dag, "wait", mode="reschedule", external_dag_id="shop")
    assert_downstream(dag, "choose", "report")
    assert_schedule(dag, "@daily", timezone="Europe/Berlin", catchup=True, end_date="2030-01-01",
                    start_date=datetime.datetime(2024, 1, 1, tzinfo=zone))  # fmt: skip
    assert_triggers(dag, "mail", task_id="tell")
    assert_waits_for(dag, "shop", tasks=["load"])
    told = {
        "tasks": _problem(lambda: assert_tasks(dag, ["wait"])),
        "mode": _problem(lambda: assert_task(dag, "wait", mode="poke")),
        "partial": _problem(lambda: assert_task(dag, "bash", retries=1)),
        "attribute": _problem(lambda: assert_task(dag, "wait", modus="poke")),
        "schedule": _problem(lambda: assert_schedule(dag, _timetable("@hourly"))),
    }
    assert_schedule(dag, _timetable("@daily"))
    return {"told": told, "snapshot": snapshot_text(dag)}


def _timetable(cron: str) -> Any:
    from airflow.timetables.interval import CronDataIntervalTimetable

    return CronDataIntervalTimetable(cron, "UTC")


@pytest.fixture(scope="module")
def seen(room: Room) -> dict[str, Any]:
    answer: dict[str, Any] = room(look, str(PLAIN / "orders.py"))
    return answer


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tasks", "AssertionError"),
        ("mode", "mode: expected 'poke', found 'reschedule'"),
        ("partial", "retries: expected 1, found 9"),
        ("attribute", "UnknownIdError: wait: unknown attribute 'modus'; did you mean 'mode'?"),
        ("schedule", "schedule: expected '0 * * * *', found '0 0 * * *'"),
    ],
)
def test_what_does_not_hold_of_a_dag_object_is_told(seen: dict[str, Any], name: str, text: str) -> None:
    assert text in seen["told"][name]


def test_a_snapshot_is_the_same_on_every_version(seen: dict[str, Any]) -> None:
    assert seen["snapshot"] == (PLAIN / "orders.dag.txt").read_text(encoding="utf-8")


def assets(_: str) -> list[str]:
    """Assert flows between objects, with the asset as text and as object; return what fails."""
    from dagcheck.assertions import assert_asset_flow, assert_schedule, assert_task
    from dagcheck.dagbag import make_dag

    try:
        from airflow.sdk import Asset, BaseOperator
    except ImportError:
        from airflow.datasets import Dataset as Asset
        from airflow.models import BaseOperator

    raw = Asset("s3://sales/raw")
    with make_dag("producer") as producer:
        BaseOperator(task_id="write", outlets=[raw])
    with make_dag("consumer", schedule=[raw]) as consumer:
        BaseOperator(task_id="read")
    assert_asset_flow(producer, consumer)
    assert_asset_flow(producer, consumer, asset=raw)
    assert_asset_flow(producer, consumer, asset="s3://sales/raw")
    assert_schedule(consumer, [raw])
    assert_schedule(consumer, ["s3://sales/raw"])
    assert_task(producer, "write", outlets=[raw])
    return [
        _problem(lambda: assert_asset_flow(consumer, producer)),
        _problem(lambda: assert_asset_flow(producer, consumer, asset=Asset("s3://sales/other"))),
        _problem(lambda: assert_schedule(consumer, [Asset("s3://sales/other")])),
    ]


def test_assets_are_told_by_text_and_by_object(room: Room) -> None:
    first, second, third = room(assets, "")
    assert "producer: is not started by consumer" in first
    assert "is not started through 's3://sales/other' by producer" in second
    assert "schedule: expected 's3://sales/other', found 's3://sales/raw'" in third


def refusals(_: str) -> list[str]:
    """Make DAGs that Airflow refuses."""
    from airflow.models import BaseOperator

    from dagcheck.dagbag import make_dag

    def make(**options: Any) -> None:
        with make_dag("made", **options):
            BaseOperator(task_id="a")

    return [_problem(lambda: make(schedule="never")), _problem(lambda: make(no_such_argument=1))]


def test_a_dag_that_airflow_refuses_cannot_be_made(room: Room) -> None:
    bad_cron, bad_argument = room(refusals, "")
    assert bad_cron.startswith("UsageError: Airflow refuses the DAG 'made': AirflowTimetableInvalid: ")
    assert "no_such_argument" in bad_argument
