"""What the author meant by `schedule=`, as text that does not depend on the Airflow version.

A cron expression stays itself, presets become the cron expression that they stand for (Airflow forgets the preset in
timetables/_cron.py, so a preset and its expression could not be told apart on every version), a timedelta becomes an
ISO 8601 duration (`P1D`), assets a condition (`a and (b or c)`), nothing None. A timetable class of the user's gives
its summary, else its name.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from dagcheck._airflow.attributes import members, plain_text, read, text
from dagcheck._airflow.classes import airflow_bases

_PRESETS = {  # cron_presets of utils/dates.py, 2.7 to 3.3
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}
_FIXED = {
    "NullTimetable": None,
    "OnceTimetable": "@once",
    "ContinuousTimetable": "@continuous",
    "PartitionedAtRuntime": None,  # 3.3: runs come from outside, never from the scheduler
}


def schedule_text(timetable: Any, condition: Any = None) -> str | None:
    """Return the schedule of a timetable, None for one that never schedules; `condition` as from `asset_condition`."""
    own = type(timetable).__name__
    bases = airflow_bases(type(timetable))
    if own not in bases:  # a subclass of the user's means something of its own
        return text(timetable, "summary") or own
    if own in _FIXED:
        return _FIXED[own]
    if condition is not None:
        return _with_time(timetable, condition_text(condition))
    if own == "MultipleCronTriggerTimetable":
        return "; ".join(_cron_texts(timetable))
    if own == "EventsTimetable":
        return f"{len(event_dates(timetable))} events"
    return _cron(timetable) or _delta(timetable) or text(timetable, "summary") or own


def event_dates(timetable: Any) -> tuple[datetime.datetime, ...]:
    """Return the dates of an EventsTimetable, also as the time part of a schedule with assets; none for any other."""
    inner = read(timetable, "timetable", timetable)
    return tuple(one for one in members(read(inner, "event_dates")) if isinstance(one, datetime.datetime))


def argument_text(schedule: Any) -> str | None:
    """Return what `DAG(schedule=...)` was given as `schedule_text` tells it; asset URIs may stand for assets.

    What `schedule=` would not take gives an empty text.
    """
    if isinstance(schedule, str):
        return _PRESETS.get(schedule, " ".join(schedule.split()))
    if schedule is None:
        return None
    if airflow_bases(type(schedule)) & {"Timetable", "BaseTimetable"}:  # the latter: the SDK's own, 3.2+
        return schedule_text(schedule, _condition_of(schedule))
    return duration_text(schedule) or condition_text(list(members(schedule)) or schedule)


def schedule_timezone(timetable: Any, dag: Any) -> str:
    """Return the name of the zone that the schedule is read in."""
    return zone_name(schedule_zone(timetable, dag))


def schedule_zone(timetable: Any, dag: Any) -> Any:
    """Return the cron timetable's own zone, else the DAG's; the SDK's timetables (3.2+) may have a name for it."""
    inner = read(timetable, "timetable", timetable)  # the time part of AssetOrTimeSchedule
    first = next(members(read(inner, "timetables", read(inner, "_timetables"))), inner)
    zone = _either(first, "timezone")
    return zone if zone is not None else read(dag, "timezone")


def zone_name(zone: Any) -> str:
    """Return `UTC`, an IANA name or an offset."""
    name = plain_text(zone) or text(zone, "name") or text(zone, "key")
    if name is None and isinstance(zone, datetime.tzinfo):
        name = zone.tzname(None)
    return "UTC" if name in {None, "+00:00", "Etc/UTC"} else str(name)


def asset_condition(dag: Any) -> Any:
    """Return which assets start the DAG: a condition, or a list of datasets that it needs all; None without any.

    2.7 and 2.8 know lists alone. 2.7 to 2.9 keep it on the DAG (`dataset_triggers`, models/dag.py), 2.10 and 2.11 as
    `dataset_condition` on the timetable, where every other timetable has an empty one (timetables/base.py).
    """
    return _condition_of(read(dag, "timetable"), read(dag, "dataset_triggers"))


def _condition_of(timetable: Any, on_the_dag: Any = None) -> Any:
    if airflow_bases(type(timetable)).isdisjoint(("AssetTriggeredTimetable", "DatasetTriggeredTimetable")):
        return None
    return read(timetable, "asset_condition", read(timetable, "dataset_condition", on_the_dag))


def condition_text(condition: Any, *, nested: bool = False) -> str:
    """Return `a`, `a and b`, `(a or b) and c`."""
    name = asset_name(condition)
    if name is not None:
        return name
    parts = [condition_text(one, nested=True) for one in _parts(condition)]
    word = " or " if airflow_bases(type(condition)) & {"AssetAny", "DatasetAny"} else " and "
    joined = word.join(parts)
    return f"({joined})" if nested and len(parts) > 1 else joined


def condition_assets(condition: Any) -> Iterator[str]:
    """Yield the assets of a condition (nothing for None), in the order in which it names them."""
    name = asset_name(condition)
    if name is not None:
        yield name
        return
    for one in _parts(condition):
        yield from condition_assets(one)


def watched_assets(condition: Any) -> Iterator[str]:
    """Yield the assets of a condition that a watcher updates (3.0+, sdk/definitions/asset/__init__.py)."""
    name = asset_name(condition)
    if name is None:
        for one in _parts(condition):
            yield from watched_assets(one)
    elif any(members(read(condition, "watchers"))):
        yield name


def _parts(condition: Any) -> Iterator[Any]:
    return members(condition if isinstance(condition, list) else read(condition, "objects"))


def asset_name(asset: Any) -> str | None:
    """Return the URI of an asset or dataset, else its name (aliases, references by name); None for anything else."""
    if isinstance(asset, str):
        return plain_text(asset)
    return text(asset, "uri") or text(asset, "name")


def asset_names(assets: Any) -> Iterator[str]:
    """Yield the assets of `inlets` or `outlets`; one whose name differs from its URI (3.x) gives both.

    Another DAG may refer to it by either (`Asset.ref(name=...)`).
    """
    for asset in members(assets):
        found = (asset_name(asset), None if isinstance(asset, str) else text(asset, "name"))
        yield from dict.fromkeys(name for name in found if name)


def _with_time(timetable: Any, condition: str) -> str:
    inner = read(timetable, "timetable")
    return condition if inner is None else f"{schedule_text(inner)} or ({condition})"


def _cron_texts(timetable: Any) -> Iterator[str]:
    """`timetables` on the SDK's class, `_timetables` on the scheduler's (3.0+)."""
    for one in members(read(timetable, "timetables", read(timetable, "_timetables"))):
        yield _cron(one) or ""


def _cron(timetable: Any) -> str | None:
    expression = plain_text(_either(timetable, "expression"))
    # 3.2's SDK keeps a preset (sdk/definitions/timetables/_cron.py), all others its expression
    return None if expression is None else _PRESETS.get(expression, expression)


def _delta(timetable: Any) -> str | None:
    delta = _either(timetable, "delta")
    return None if delta is None else duration_text(delta)


def _either(timetable: Any, name: str) -> Any:
    """The SDK's timetables (3.2+) have public attributes where the scheduler's have private ones."""
    value = read(timetable, name)
    return read(timetable, f"_{name}") if value is None else value


def duration_text(delta: Any) -> str | None:
    """Return a timedelta or relativedelta as an ISO 8601 duration; None for anything else."""
    if isinstance(delta, datetime.timedelta):
        return _iso(days=delta.days, hours=delta.seconds // 3600, minutes=delta.seconds // 60 % 60,
                    seconds=delta.seconds % 60, microseconds=delta.microseconds)  # fmt: skip
    if type(delta).__name__ == "relativedelta":
        if any(read(delta, part) is not None for part in ("year", "month", "day", "weekday", "hour", "minute")):
            return str(delta)  # a fixed part ("the first Monday") is no duration
        units = ("years", "months", "days", "hours", "minutes", "seconds", "microseconds")
        return _iso(**{unit: read(delta, unit, 0) for unit in units})
    return None


def _iso(*, seconds: float = 0, microseconds: int = 0, **units: float) -> str:
    date = "".join(f"{units[unit]}{unit[0].upper()}" for unit in ("years", "months", "days") if units.get(unit))
    time = "".join(f"{units[unit]}{unit[0].upper()}" for unit in ("hours", "minutes") if units.get(unit))
    exact = seconds + microseconds / 1_000_000
    if exact:
        time += f"{exact:g}S"
    if not date and not time:
        return "PT0S"
    return f"P{date}T{time}" if time else f"P{date}"
