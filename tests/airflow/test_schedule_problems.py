"""What the installed Airflow's own timetables say of DAGs whose schedules are wrong, told alike on every version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

_BERLIN = 'start_date=pendulum.datetime(2024, 1, 1, tz="Europe/Berlin")'
_START = "start_date=pendulum.datetime(2024, 1, 1)"


def _problems(arguments: str) -> Any:
    """Tell kind, detail and more of what is wrong with DAG("etl", ...) of one task."""
    import datetime

    import pendulum
    from airflow.models import BaseOperator

    from dagcheck._airflow.classes import dag_class
    from dagcheck._airflow.problems import schedule
    from dagcheck._airflow.problems.subject import SharedDag, Subject

    names = {"DAG": dag_class(), "pendulum": pendulum, "datetime": datetime, **_own_timetable()}
    dag = eval(f'DAG("etl", {arguments})', names)  # noqa: S307 -- text of this file
    BaseOperator(task_id="load", dag=dag)
    return [(one.kind, one.detail, *one.more) for one in schedule.problems(Subject(SharedDag(dag, "etl")))]


def _own_timetable() -> dict[str, Any]:
    from airflow.timetables.events import EventsTimetable
    from airflow.timetables.trigger import CronTriggerTimetable

    class Raising(CronTriggerTimetable):  # type: ignore[misc]
        def next_dagrun_info(self, **_: Any) -> Any:
            raise AssertionError("no method of the user's is to be called")

    return {"Raising": Raising, "CronTriggerTimetable": CronTriggerTimetable, "EventsTimetable": EventsTimetable}


@pytest.mark.parametrize(
    ("arguments", "kinds"),
    [
        (f"schedule=None, {_START}", []),
        (f"schedule='@daily', catchup=False, {_START}", []),
        (f"schedule='@daily', catchup=False, {_BERLIN}", []),
        (f"schedule='*/30 * * * *', catchup=False, {_BERLIN}", []),
        (f"schedule='@daily', catchup=True, {_START}", ["catchup"]),
        (f"schedule='0 6 31 2 *', catchup=False, {_START}", ["never-runs"]),
        (f"schedule='0 6 * * *', end_date=pendulum.datetime(2023, 1, 1), {_START}", ["never-runs"]),
        (f"schedule='0 6 1 5 *', end_date=pendulum.datetime(2024, 2, 1), {_START}", ["never-runs"]),
        (f"schedule='0 6 * * *', catchup=False, end_date=pendulum.datetime(2024, 2, 1), {_START}", []),
        (f"schedule='30 2 * * *', catchup=False, {_BERLIN}", ["clock-change"]),
        (f"schedule=datetime.timedelta(days=1), catchup=False, {_BERLIN}", ["clock-change"]),
        (f"schedule=datetime.timedelta(hours=1), catchup=False, {_BERLIN}", []),
        (f"schedule=Raising('30 2 * * *', timezone='Europe/Berlin'), catchup=True, {_START}", []),
    ],
)
def test_what_is_wrong_with_a_schedule(room: Room, arguments: str, kinds: list[str]) -> None:
    assert [kind for kind, *_ in room(_problems, arguments)] == kinds


def test_a_day_that_only_leap_years_have_is_a_date(room: Room) -> None:
    found = [kind for kind, *_ in room(_problems, f"schedule='0 6 29 2 *', catchup=False, {_START}")]
    # croniter 2.0.1, of the time of 2.7, finds no 29 February when it looks back, and Airflow looks back
    assert found == ([] if at_least(2, 8) else ["never-runs"])


def test_runs_that_are_due_are_counted_by_the_distances_of_the_first_ones(room: Room) -> None:
    ((_, daily, since, *_),) = room(_problems, f"schedule='@daily', catchup=True, {_START}")
    ((_, hourly, *_),) = room(_problems, f"schedule='@hourly', catchup=True, {_START}")
    assert since == "2024-01-01"
    assert int(hourly) == pytest.approx(24 * int(daily), rel=0.01)
    ((_, few, *_),) = room(_problems, "schedule='@yearly', catchup=True, start_date=pendulum.datetime(2023, 1, 1)")
    assert 3 <= int(few) <= 20


def test_runs_after_the_end_date_are_not_caught_up_with(room: Room) -> None:
    bounded = f"schedule='@daily', catchup=True, end_date=pendulum.datetime(2024, 1, 31), {_START}"
    ((_, count, *_),) = room(_problems, bounded)
    assert 29 <= int(count) <= 31


def test_events_are_counted_whatever_other_dags_of_as_many_events_have(room: Room) -> None:
    found = room(
        _counts_of_events, ["2024-01-01", "2024-01-02"], ["2024-03-01", "2999-01-01"], ["2998-01-01", "2999-01-01"]
    )
    assert found == [["2", "2024-01-01"], ["1", "2024-03-01"], None]


def _counts_of_events(*each: list[str]) -> list[list[str] | None]:
    found = []
    for dates in each:  # in one process, whose DAGs of one schedule share what was found
        events = ", ".join(f"pendulum.parse({date!r})" for date in dates)
        told = _problems(f"schedule=EventsTimetable([{events}]), catchup=True, {_START}")
        found.append(next((list(map(str, rest[:2])) for kind, *rest in told if kind == "catchup"), None))
    return found


@pytest.mark.parametrize("option", ["True", "False"])
def test_whether_nobody_asked_for_it_is_known(room: Room, option: str) -> None:
    ((_, _, *more),) = room(_problems_with_default, option)
    assert more[1:] == (["default"] if option == "True" else [])


def _problems_with_default(option: str) -> Any:
    import os

    os.environ["AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT"] = option
    return _problems(f"schedule='@daily', catchup=True, {_START}")


def test_a_run_in_the_hour_that_is_left_out_moves(room: Room) -> None:
    ((_, dated, general, zone),) = room(_problems, f"schedule='30 2 * * *', catchup=False, {_BERLIN}")
    assert (general, zone) == ("it runs at 03:30 instead of 02:30", "Europe/Berlin")
    assert dated.startswith("on 20")
    assert "-03-" in dated


def test_a_timedelta_keeps_its_distance_and_not_its_time_of_day(room: Room) -> None:
    ((_, _, general, _),) = room(_problems, f"schedule=datetime.timedelta(days=1), catchup=False, {_BERLIN}")
    assert sorted(general.split("; ")) == [
        "it begins to run at 00:00 instead of 01:00",
        "it begins to run at 01:00 instead of 00:00",
    ]


def test_airflow_itself_refuses_most_dags_without_a_start_date(room: Room) -> None:
    found = room(_problems_or_error, "schedule='@once', catchup=False")
    if not at_least(3, 0):
        assert "start_date" in found
    else:
        assert found == ([] if at_least(3, 1) else [["no-start-date", ""]])


def _problems_or_error(arguments: str) -> Any:
    try:
        return _problems(arguments)
    except Exception as error:  # noqa: BLE001 -- the test looks at it
        return str(error)
