"""The runs that a DAG's own timetable produces, asked as the scheduler asks, without a metadata DB.

Which runs there are is the timetable's business; nothing here knows cron. As in Airflow's own
`iter_dagrun_infos_between` (models/dag.py of 2.x, serialization/definitions/dag.py of 3.x) the timetable is asked as if
the DAG caught up: with `catchup=False` the scheduler runs a part of these dates, which depends on the clock.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from dagcheck._airflow import versions
from dagcheck._airflow.schedules import asset_condition, schedule_zone
from dagcheck.rundate import Interval, RunDate

UTC = datetime.timezone.utc
_STATELESS = ("CronDataIntervalTimetable", "CronTriggerTimetable", "CronPartitionTimetable",
              "MultipleCronTriggerTimetable", "EventsTimetable")  # fmt: skip
_DELTAS = ("DeltaDataIntervalTimetable", "DeltaTriggerTimetable")
_COMBINED = ("AssetOrTimeSchedule", "DatasetOrTimeSchedule")
_DATELESS = ("NullTimetable", "PartitionedAtRuntime", "ContinuousTimetable",
             "DatasetTriggeredTimetable", "AssetTriggeredTimetable", "PartitionedAssetTimetable")  # fmt: skip


def timetable_of(dag: Any) -> Any:
    """Return what the scheduler asks for dates.

    Since 3.2 a DAG holds a description of it (sdk/definitions/timetables), which serialization/encoders.py converts.
    """
    if not versions.at_least(3, 2):
        return dag.timetable
    described, core = _converted
    if dag.timetable is not described:
        from airflow.serialization.encoders import coerce_to_core_timetable

        core = coerce_to_core_timetable(dag.timetable)
        _converted[:] = dag.timetable, core
    return core


_converted: list[Any] = [None, None]  # the last one asked for: converting a cron expression takes 2 ms, for its words


def same_dates(dag: Any) -> str | None:
    """Return a text that DAGs with the same dates share; None where the schedule is the user's own code."""
    timetable = timetable_of(dag)
    if _kind(timetable) not in _STATELESS + _DELTAS or _time_part(timetable) is not timetable:
        return None
    return repr((type(timetable).__qualname__, timetable.serialize(), bounds(dag), schedule_zone(timetable, dag)))


def zone_of(dag: Any) -> datetime.tzinfo:
    """Return the zone in which the DAG's schedule is read: the timetable's own, else the DAG's."""
    zone = schedule_zone(timetable_of(dag), dag)
    return zone if isinstance(zone, datetime.tzinfo) else UTC


def names_dates(dag: Any) -> bool:
    """Tell whether the schedule determines dates: not None, assets alone, or `@continuous`, which follows the clock."""
    return _kind(timetable_of(dag)) not in _DATELESS


def airflows_own(dag: Any) -> str | None:
    """Return the name of the timetable's class if it names dates and is Airflow's; None for one of the user's."""
    kind = _kind(dag.timetable)
    return None if kind in _DATELESS else kind


def first_run(dag: Any, *, catchup: bool) -> RunDate | None:
    """Return the first run that the scheduler would make of a new DAG, None if it never makes one.

    With `catchup` the answer does not depend on the clock. Raises what the timetable raises.
    """
    earliest, latest = bounds(dag)
    info = _next(timetable_of(dag), None, _restriction(earliest, latest, catchup=catchup))
    return info and _run_date(info)


def bounds(dag: Any) -> tuple[datetime.datetime | None, datetime.datetime | None]:
    """Return the first and the last moment at which the DAG may be scheduled, in UTC, None for an open end.

    As `DAG._time_restriction` (models/dag.py of 2.11, serialization/definitions/dag.py of 3.3): the earliest start
    date of the DAG and its tasks; the latest end date if every task has one.
    """
    tasks = list(dag.task_dict.values())
    starts = [one for one in (dag.start_date, *(task.start_date for task in tasks)) if one]
    ends = [task.end_date for task in tasks if task.end_date]
    latest = dag.end_date
    if ends and len(ends) == len(tasks):
        latest = max([*ends, dag.end_date] if dag.end_date else ends)
    return _plain(min(starts)) if starts else None, _plain(latest) if latest else None


def scheduled_runs(dag: Any, start: datetime.datetime, end: datetime.datetime) -> Iterator[RunDate]:
    """Yield the runs whose logical date (`run_after` where there is none) lies in [start, end], in their order.

    Raises what a timetable of the user's raises, and ValueError if it does not move forward.
    """
    timetable = timetable_of(dag)
    if _kind(timetable) in _DATELESS:
        return
    earliest, latest = bounds(dag)
    restriction = _restriction(_begin(timetable, earliest, start), latest)
    last, before = None, None
    while (info := _next(timetable, last, restriction)) is not None:
        run = _run_date(info)
        if before is not None and run.moment <= before.moment:
            raise ValueError(
                f"the timetable of DAG {dag.dag_id!r} gives {run} after {before}: it does not move forward"
            )
        if run.moment > end:
            return
        if run.moment >= start:
            yield run
        last, before = info, run


def manual_interval(dag: Any, logical_date: datetime.datetime) -> Interval:
    """Return the data interval that Airflow infers for a run started by hand.

    As api/common/trigger_dag.py of 2.x and core_api/datamodels/dag_run.py of 3.x. Raises what the timetable raises:
    one of the user's may not know any (NotImplementedError).
    """
    interval = timetable_of(dag).infer_manual_data_interval(run_after=_pendulum(logical_date))
    return _plain(interval.start), _plain(interval.end)


def run_for_assets(dag: Any, moment: datetime.datetime) -> RunDate | None:
    """Return the run that assets start at a moment; None for a DAG that no assets start.

    Since 3.0 it has no logical date (models/dagrun.py, `logical_date` is nullable; jobs/scheduler_job_runner.py).
    """
    if asset_condition(dag) is None:
        return None
    if versions.at_least(3, 0):
        return RunDate(logical_date=None, run_after=moment, run_type="asset_triggered")
    interval = manual_interval(dag, moment)
    return RunDate(logical_date=moment, data_interval=interval, run_after=moment, run_type="asset_triggered")


def _kind(timetable: Any) -> str | None:
    """Return the name of the class that gives the dates if it is Airflow's own; None for one of the user's."""
    cls = type(_time_part(timetable))
    return cls.__name__ if cls.__module__.startswith("airflow.") else None


def _time_part(timetable: Any) -> Any:
    """Look into a schedule of assets or time."""
    return timetable.timetable if type(timetable).__name__ in _COMBINED else timetable


def _begin(timetable: Any, earliest: datetime.datetime | None, start: datetime.datetime) -> datetime.datetime:
    """Return from where to ask so that nothing in range is missed and the phase is right.

    Cron and events need no history; a fixed delta is counted from the start date; what else there is has to be followed
    from its beginning.
    """
    if earliest is None or (start > earliest and _kind(timetable) in _STATELESS):
        return start
    delta = getattr(_time_part(timetable), "_delta", None)
    if start > earliest and _kind(timetable) in _DELTAS and isinstance(delta, datetime.timedelta):
        return earliest + (start - earliest) // delta * delta
    return earliest


def _restriction(earliest: datetime.datetime | None, latest: datetime.datetime | None, *, catchup: bool = True) -> Any:
    from airflow.timetables.base import TimeRestriction

    return TimeRestriction(earliest and _pendulum(earliest), latest and _pendulum(latest), catchup=catchup)


def _next(timetable: Any, last: Any, restriction: Any) -> Any:
    """Return the DagRunInfo after `last`; 3.2 and later know one without a data interval (partitions)."""
    if versions.at_least(3, 2):
        return timetable.next_dagrun_info_v2(last_dagrun_info=last, restriction=restriction)
    return timetable.next_dagrun_info(last_automated_data_interval=last and last.data_interval, restriction=restriction)


def _run_date(info: Any) -> RunDate:
    interval = info.data_interval and (_plain(info.data_interval.start), _plain(info.data_interval.end))
    return RunDate(
        logical_date=interval[0] if interval else None,
        data_interval=interval,
        run_after=_plain(info.run_after),
    )


def _plain(moment: datetime.datetime) -> datetime.datetime:
    """Return a datetime of the standard library in UTC, the zone in which Airflow keeps dates of runs."""
    utc = moment.astimezone(UTC)
    return datetime.datetime.combine(utc.date(), utc.time(), UTC)


def _pendulum(moment: datetime.datetime) -> Any:
    """Return what timetables want; in UTC, which is how dates come back from the database and from serialised DAGs."""
    import pendulum

    return pendulum.instance(moment.astimezone(UTC))
