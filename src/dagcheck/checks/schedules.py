"""Reports schedules that give no runs, too many at once, or runs at odd times."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.problems import finding, of_kinds
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import one_line
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord

_DEFAULT = "; here a DAG that does not say catches up"


@check("no-start-date", Level.ERROR, "Schedule", "file")
def no_start_date(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A schedule that counts from a start date must have one.

    Airflow refuses most DAGs without one when it parses their file (import-error). Of the others their own timetable is
    asked whether the scheduler would ever start them: `@once` needs one on 3.0, a DAG with `catchup=False` most often
    does not.

    Why: The scheduler does not know where to begin, and never starts the DAG, without an error.

    Fix: Give the DAG a fixed start date.

    Bad:
        with DAG("migration", schedule="@once"): ...

    Good:
        with DAG("migration", schedule="@once", start_date=datetime(2025, 1, 1)): ...
    """
    for _problem, dag, task in of_kinds(record, "no-start-date"):
        yield finding(
            "no-start-date",
            dag,
            task,
            what="it has a schedule and no start date",
            why="the scheduler never starts it, without an error",
            fix="give it a fixed start_date",
        )


@check("never-runs", Level.ERROR, "Schedule", "file")
def never_runs(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A schedule must have a date.

    Asked is the DAG's own timetable, from its start date to its end date, as if the DAG caught up.

    Why: The DAG looks alive, and no run of it ever starts.

    Fix: Correct the dates or the cron expression; `schedule=None` says that a DAG is started by hand.

    Bad:
        with DAG("closing", schedule="0 6 31 2 *", start_date=datetime(2025, 1, 1)): ...

    Good:
        with DAG("closing", schedule="0 6 L * *", start_date=datetime(2025, 1, 1)): ...
    """
    for problem, dag, task in of_kinds(record, "never-runs"):
        yield finding(
            "never-runs",
            dag,
            task,
            what=f"it has no run at all: {one_line(problem.detail)}",
            why="it looks alive, and no run of it ever starts",
            fix="correct the schedule or the dates; schedule=None says that it is started by hand",
        )


@check("catchup-flood", Level.WARNING, "Schedule", "file")
def catchup_flood(record: FileRecord, settings: Settings) -> Iterator[Finding]:
    """A DAG that catches up should not be long behind: at most `[tool.dagcheck] catchup_runs` runs, by default 100.

    The number is told from the distances of the first runs. What counts is what the installed Airflow would do: where a
    DAG does not say, [scheduler] catchup_by_default decides, which is True before 3.0. If yours is set to False, set it
    in `[tool.dagcheck.environment]` as well: AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT = "False".

    Why: Where the DAG is new (a fresh deployment, another id), the scheduler starts all of these runs as fast as
    `max_active_runs` lets it, before the first one of today.

    Fix: Set `catchup=False`, or a later start date. A DAG that is meant to catch up can be ignored by its id.

    Bad:
        with DAG("orders", schedule="@hourly", start_date=datetime(2020, 1, 1), catchup=True): ...

    Good:
        with DAG("orders", schedule="@hourly", start_date=datetime(2020, 1, 1), catchup=False): ...
    """
    for problem, dag, task in of_kinds(record, "catchup"):
        count = int(problem.detail) if problem.detail.isdecimal() else 0
        default = _DEFAULT if len(problem.more) > 1 else ""
        if count > settings.catchup_runs and problem.more:
            yield finding(
                "catchup-flood",
                dag,
                task,
                what=f"where it is new, catchup starts all of its runs since {one_line(problem.more[0])}, "
                f"more than {settings.catchup_runs}",
                why=f"about {count:,} runs today, before the first one that is wanted{default}",
                fix="set catchup=False or a later start date",
            )


@check("dst-shift", Level.WARNING, "Schedule", "file")
def dst_shift(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A change of the clocks should not move the runs of a DAG.

    The runs on the days of the next year's changes are compared with those of a week before and after. Schedules of
    24 and more runs a day are not looked at.

    Why: On these days a run is left out, comes twice or at another time; with a timedelta every run comes at another
    time from then on.

    Fix: Schedule it at a time of day that every day has once, or in UTC; write a cron expression instead of a timedelta
    where the time of day matters.

    Bad:
        with DAG("orders", schedule="30 2 * * *", start_date=pendulum.datetime(2025, 1, 1, tz="Europe/Berlin")): ...

    Good:
        with DAG("orders", schedule="30 4 * * *", start_date=pendulum.datetime(2025, 1, 1, tz="Europe/Berlin")): ...
    """
    for problem, dag, task in of_kinds(record, "clock-change"):
        general, zone = map(one_line, (*problem.more, "otherwise", "its zone")[:2])
        yield finding(
            "dst-shift",
            dag,
            task,
            what=f"when the clocks of {zone} change, {general}",
            why=f"the next time {one_line(problem.detail)}",
            fix="choose a time that every day has once, or UTC; a cron expression where a timedelta moves",
        )
