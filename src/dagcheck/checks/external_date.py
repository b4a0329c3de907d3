"""Reports sensors that wait for a run which the other DAG never has."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator

from dagcheck.checks.folder import Folder
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.spec_dates import logical_dates, start_of
from dagcheck.checks.subjects import at_task
from dagcheck.checks.wording import name
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec, ExternalRef

_MOST = 500  # dates of a sensor: more than a year of a daily DAG


@check("external-date", Level.ERROR, "Across DAGs", "folder")
def external_date(records: Iterable[FileRecord], settings: Settings) -> Iterator[Finding]:
    """The DAG that an ExternalTaskSensor waits for must run at the dates for which it waits.

    Compared are the first 500 logical dates of the sensor's DAG, less `execution_delta`, with those of the other DAG,
    where both have a cron expression or a timedelta. Silent where a single one of them meets, and with
    `execution_date_fn`.

    Why: The sensor looks for a run of exactly this logical date. There is none, so it waits until its timeout, in every
    run.

    Fix: Give the sensor the `execution_delta` between the two schedules, or both DAGs the same schedule.

    Bad:
        with DAG("report", schedule="30 6 * * *"):  # orders runs at "0 5 * * *"
            ExternalTaskSensor(task_id="wait", external_dag_id="orders")

    Good:
        with DAG("report", schedule="30 6 * * *"):
            ExternalTaskSensor(task_id="wait", external_dag_id="orders", execution_delta=timedelta(minutes=90))
    """
    folder = Folder(records, settings)
    for dag, task in folder.tasks():
        for ref in task.waits_for:
            other = folder.dags.get(ref.dag_id)
            missed = _first_missed(dag, other, ref) if other else None
            if other and missed:
                waiting, wanted, near = missed
                yield Finding(
                    check="external-date",
                    **at_task(dag, task),
                    what=f"{name(other.dag_id)} has no run at any date for which it waits: "
                    f"{dag.schedule} here, {other.schedule} there",
                    why=f"the run of {_told(waiting)} waits for {_told(wanted)}; the nearest is {_told(near)}",
                    fix="set execution_delta to the time between the two, or give both DAGs the same schedule",
                )


Missed = tuple[datetime.datetime, datetime.datetime, datetime.datetime]


def _first_missed(dag: DagSpec, other: DagSpec, ref: ExternalRef) -> Missed | None:
    """Return the first date, what it waits for and the nearest run; None if a date meets, or nobody knows."""
    ours, theirs = start_of(dag), start_of(other)
    if ours is None or theirs is None or ref.behind is None:
        return None
    behind = datetime.timedelta(seconds=ref.behind)
    since = max(ours, theirs + behind)
    dates, runs = logical_dates(dag, since), logical_dates(other, since - behind)
    if dates is None or runs is None:
        return None
    return _compare(itertools.islice(dates, _MOST), runs, behind)


def _compare(
    dates: Iterable[datetime.datetime], runs: Iterator[datetime.datetime], behind: datetime.timedelta
) -> Missed | None:
    missed = None
    last = run = next(runs)
    for date in dates:
        wanted = date - behind
        while run < wanted:
            last, run = run, next(runs)
        if run == wanted:
            return None
        missed = missed or (date, wanted, min(last, run, key=lambda one: abs(one - wanted)))
    return missed


def _told(date: datetime.datetime) -> str:
    return f"{date:%Y-%m-%dT%H:%M}Z"
