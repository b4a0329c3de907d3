"""Reports DAGs that differ from one parse to the next."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.places import own_file
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import one_line
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec

_START = "start_date is "  # as dagcheck.probe.difference tells it


@check("unstable-dag", Level.ERROR, "What parsing does", "file")
def unstable_dag(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """Two parses of a DAG file must give the same DAGs.

    dagcheck parses the file once more with another hash seed, another time of day and another random state, and
    reports the first difference.

    Why: Every parse that differs makes a new version of the DAG, and a task that exists in one parse and not in the
    next cannot run: the scheduler and the worker each see their own DAG.

    Fix: Keep the clock, random, uuid and the order of sets out of ids, arguments, schedules and start dates. Sort a
    set before you loop over it, write start dates as fixed dates, and compute what depends on the moment in a task.

    Bad:
        import datetime

        from airflow import DAG
        from airflow.providers.standard.operators.bash import BashOperator

        with DAG("orders", start_date=datetime.datetime.now()):
            for table in {"orders", "customers"}:
                BashOperator(task_id=f"load_{table}", bash_command="load")

    Good:
        import datetime

        from airflow import DAG
        from airflow.providers.standard.operators.bash import BashOperator

        with DAG("orders", start_date=datetime.datetime(2025, 1, 1)):
            for table in ("customers", "orders"):
                BashOperator(task_id=f"load_{table}", bash_command="load")
    """
    for dag, text in _told(record):
        if not text.startswith(_START):
            yield _finding(
                "unstable-dag",
                record,
                dag,
                what=f"two parses give different DAGs: {one_line(text)}",
                why="each parse makes a new DAG version, and the scheduler and the worker see different DAGs",
                fix="keep the clock, random, uuid and the order of sets out of ids, arguments and dates",
            )


@check("dynamic-start-date", Level.ERROR, "Schedule", "file")
def dynamic_start_date(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A start date must not move with the clock.

    dagcheck parses a file that looks at the clock once more at another time, and compares.

    Why: A run starts when its interval is over, and the interval begins at the start date at the earliest. One that
    moves on with every parse is never over, so that the DAG runs late, irregularly or never; and each parse makes a new
    DAG version.

    Fix: Write a fixed date. If old runs are not wanted, set `catchup=False`.

    Bad:
        with DAG("orders", schedule="@daily", start_date=datetime.now() - timedelta(days=1)): ...

    Good:
        with DAG("orders", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False): ...
    """
    for dag, text in _told(record):
        if text.startswith(_START):
            yield _finding(
                "dynamic-start-date",
                record,
                dag,
                what=f"the start date moves with the clock: {one_line(text[len(_START) :])}",
                why="the DAG runs late, irregularly or never, and each parse makes a new DAG version",
                fix="write a fixed date; catchup=False if old runs are not wanted",
            )


def _told(record: FileRecord) -> Iterator[tuple[DagSpec | None, str]]:
    """Yield each difference between two parses, without the id of its DAG where there is one."""
    for difference in record.unstable:
        dag = _dag_of(difference, record.dags)
        yield dag, difference[len(dag.dag_id) + 2 :] if dag else difference


def _finding(name: str, record: FileRecord, dag: DagSpec | None, *, what: str, why: str, fix: str) -> Finding:
    return Finding(
        check=name,
        file=own_file(dag.file if dag else None, record.file),
        line=dag.line if dag else None,
        dag_id=one_line(dag.dag_id) if dag else None,
        what=what,
        why=why,
        fix=fix,
    )


def _dag_of(difference: str, dags: tuple[DagSpec, ...]) -> DagSpec | None:
    """The DAG that `dag_id: ...` speaks of; ids may hold colons, so the longest one counts."""
    named = [dag for dag in dags if difference.startswith(f"{dag.dag_id}: ")]
    return max(named, key=lambda dag: len(dag.dag_id), default=None)
