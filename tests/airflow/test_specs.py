from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

DagFile = Callable[[str], Path]
# 2.9+: on 2.7 and 2.8 a schedule of datasets is a list
CONDITIONS = (
    [("Asset('a')", "a"), ("(Asset('a') & Asset('b')) | Asset('c')", "(a and b) or c")] if at_least(2, 9) else []
)
PLAIN = Path(__file__).with_name("plain")


def test_a_plain_dag_gives_the_same_spec_on_every_version(room: Room) -> None:
    expected = json.loads((PLAIN / "orders.json").read_text())
    assert room.dag(PLAIN / "orders.py") == expected


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        ("None", None),
        ("'@once'", "@once"),
        ("'@hourly'", "0 * * * *"),
        ("'@daily'", "0 0 * * *"),
        ("'0 3 * * 1-5'", "0 3 * * 1-5"),
        ("datetime.timedelta(days=1, minutes=90, seconds=1.5)", "P1DT1H30M1.5S"),
        ("datetime.timedelta(hours=36)", "P1DT12H"),
        ("relativedelta(months=1)", "P1M"),
        ("CronTriggerTimetable('@weekly', timezone='UTC')", "0 0 * * 0"),
        ("CronDataIntervalTimetable('5 4 * * *', 'UTC')", "5 4 * * *"),
        ("EventsTimetable([pendulum.datetime(2024, 1, 1), pendulum.datetime(2025, 1, 1)])", "2 events"),
        ("[Asset('a'), Asset('b')]", "a and b"),
        ("Own()", "Own"),
        *CONDITIONS,
    ],
)
def test_a_schedule_is_what_the_author_meant(room: Room, dag_file: DagFile, schedule: str, text: str | None) -> None:
    path = dag_file(f"""
        from dateutil.relativedelta import relativedelta
        from airflow.timetables.events import EventsTimetable
        from airflow.timetables.interval import CronDataIntervalTimetable
        from airflow.timetables.simple import NullTimetable
        from airflow.timetables.trigger import CronTriggerTimetable

        class Own(NullTimetable):
            description = "own"

            @property
            def summary(self):
                return "Own"

        DAG("etl", start_date=START, schedule={schedule})
        dag = DAG("etl", start_date=START, schedule={schedule})
    """)
    specs = room.describe(path)["dags"]
    assert [spec["schedule"] for spec in specs] == [text]


def test_the_assets_of_a_schedule_are_listed_once_each(room: Room, dag_file: DagFile) -> None:
    schedule = '(Asset("b") & Asset("a")) | Asset("b")' if at_least(2, 9) else '[Asset("b"), Asset("a"), Asset("b")]'
    path = dag_file(f"""
        dag = DAG("etl", start_date=START, schedule={schedule})
    """)
    assert room.dag(path)["assets"] == ["b", "a"]


def test_a_schedule_by_assets_or_time_names_both(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        from airflow.timetables.trigger import CronTriggerTimetable
        time, assets = CronTriggerTimetable("@daily", timezone="Asia/Tokyo"), [Asset("b"), Asset("a")]
        try:
            from airflow.timetables.assets import AssetOrTimeSchedule
            schedule = AssetOrTimeSchedule(timetable=time, assets=assets)
        except ImportError:
            try:
                from airflow.timetables.datasets import DatasetOrTimeSchedule
                schedule = DatasetOrTimeSchedule(timetable=time, datasets=assets)
            except ImportError:  # 2.7 and 2.8 know no such schedule
                schedule = time
        dag = DAG("etl", start_date=START, schedule=schedule)
    """)
    spec = room.dag(path)
    assert spec["timezone"] == "Asia/Tokyo"
    known = at_least(2, 9)
    assert (spec["schedule"], spec["assets"]) == (
        ("0 0 * * * or (b and a)", ["b", "a"]) if known else ("0 0 * * *", [])
    )


def test_the_time_zone_is_that_of_the_cron_timetable(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        from airflow.timetables.trigger import CronTriggerTimetable
        dag = DAG("etl", start_date=START, schedule=CronTriggerTimetable("0 0 * * *", timezone="Asia/Tokyo"))
    """)
    assert room.dag(path)["timezone"] == "Asia/Tokyo"


def test_a_start_date_in_default_args_is_the_dags(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        dag = DAG("etl", schedule=None, default_args={"start_date": pendulum.datetime(2024, 7, 1, tz="Europe/Rome")})
    """)
    spec = room.dag(path)
    assert (spec["start_date"], spec["timezone"]) == ("2024-07-01T00:00:00+02:00", "Europe/Rome")


def test_a_cyclic_dag_keeps_its_edges(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        with DAG("etl", schedule=None, start_date=START):
            a, b = EmptyOperator(task_id="a"), EmptyOperator(task_id="b")
            a >> b >> a
    """)
    found = room.describe(path)
    assert {task["task_id"]: task["downstream"] for task in found["dags"][0]["tasks"]} == {"a": ["b"], "b": ["a"]}
    assert found["refusals"] == []


HOSTILE = """
    class Hostile(BaseOperator):
        @property
        def {name}(self):
            if armed:
                {body}
            return self.kept

        @{name}.setter
        def {name}(self, value):
            self.kept = value

    armed = False
    with DAG("etl", schedule=None, start_date=START):
        Hostile(task_id="bad") >> EmptyOperator(task_id="good")
    armed = True
"""


@pytest.mark.parametrize("name", ["pool", "queue", "trigger_rule", "inlets", "retries", "doc_md", "owner"])
@pytest.mark.parametrize("body", ["raise SystemExit(3)", "return object()", "return self"])
def test_a_hostile_property_costs_its_own_field_alone(room: Room, dag_file: DagFile, name: str, body: str) -> None:
    path = dag_file(HOSTILE.format(name=name, body=body))
    bad, good = _tasks_without_refusing(room, path)
    assert (bad["task_id"], bad["downstream"], bad["line"]) == ("bad", ["good"], 15)
    assert (good["pool"], good["trigger_rule"], good["upstream"]) == ("default_pool", "all_success", ["bad"])


def _tasks_without_refusing(room: Room, path: Path) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = room(_specs_only, str(path))
    return tasks


def _specs_only(path: str) -> list[dict[str, Any]]:
    import sys
    from pathlib import Path

    from dagcheck._airflow import creation
    from dagcheck._airflow.loading import load_file
    from dagcheck._airflow.specs import dag_spec
    from dagcheck.record import encode

    sys.path.insert(0, str(Path(path).parent))
    log = creation.install(lambda f: (path, f.f_lineno) if f.f_code.co_filename == path else None)
    (dag,) = load_file(Path(path)).dags
    tasks: list[dict[str, Any]] = json.loads(encode(dag_spec(dag, log, str)))["tasks"]
    return tasks


def test_task_groups_that_contain_each_other_cost_the_groups_alone(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        with DAG("etl", schedule=None, start_date=START) as dag:
            with TaskGroup("outer") as outer:
                EmptyOperator(task_id="a")
        outer.children["outer"] = outer
    """)
    spec = room.dag(path)
    assert (spec["groups"], [task["task_id"] for task in spec["tasks"]]) == ([], ["outer.a"])


def test_texts_of_a_str_subclass_become_plain(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        class Shouting(str):
            def __str__(self):
                raise ValueError
            def __repr__(self):
                raise ValueError

        with DAG(Shouting("etl"), schedule=None, start_date=START, description=Shouting("x"), tags=[Shouting("t")]):
            EmptyOperator(task_id=Shouting("a"), pool=Shouting("p"))
    """)
    spec = room.dag(path)
    assert (spec["dag_id"], spec["description"], spec["tags"]) == ("etl", "x", ["t"])
    assert (spec["tasks"][0]["task_id"], spec["tasks"][0]["pool"]) == ("a", "p")


def test_an_external_sensor_for_a_whole_run_names_no_task(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        with DAG("etl", schedule=None, start_date=START):
            ExternalTaskSensor(task_id="run", external_dag_id="shop")
            ExternalTaskSensor(task_id="one", external_dag_id="shop", external_task_id="load",
                               execution_delta=datetime.timedelta(hours=1))
            ExternalTaskMarker(task_id="mark", external_dag_id="mail", external_task_id="send")
    """)
    run, one, mark = room.dag(path)["tasks"]
    assert run["waits_for"] == [{"dag_id": "shop", "task_ids": [], "behind": 0.0}]
    assert one["waits_for"] == [{"dag_id": "shop", "task_ids": ["load"], "behind": 3600.0}]
    assert mark["triggers"] == [{"dag_id": "mail", "task_ids": ["send"], "behind": None}]


def test_a_mapped_trigger_names_every_dag_that_is_written_out(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        with DAG("etl", schedule=None, start_date=START):
            TriggerDagRunOperator.partial(task_id="tell").expand(trigger_dag_id=["a", "b"])
    """)
    (tell,) = room.dag(path)["tasks"]
    assert [one["dag_id"] for one in tell["triggers"]] == ["a", "b"]
    assert tell["mapped"]


def _cost(path: str) -> float:
    import time
    from pathlib import Path

    from dagcheck._airflow import creation
    from dagcheck._airflow.loading import load_file
    from dagcheck._airflow.specs import dag_spec

    log = creation.install(lambda f: (path, f.f_lineno) if f.f_code.co_filename == path else None)
    (dag,) = load_file(Path(path)).dags
    rounds = []
    for _ in range(20):
        started = time.process_time()
        dag_spec(dag, log, str)
        rounds.append(time.process_time() - started)
    return min(rounds) * 1000


def test_a_spec_of_ten_tasks_takes_less_than_a_millisecond(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "etl.py"
    path.write_text(
        "from airflow import DAG\nfrom airflow.operators.empty import EmptyOperator\n"
        "from datetime import datetime\nwith DAG('etl', schedule=None, start_date=datetime(2024, 1, 1)):\n"
        "    for i in range(10):\n        EmptyOperator(task_id=f't{i}')\n"
    )
    assert room(_cost, str(path)) < 1.0  # milliseconds; measured 0.16
