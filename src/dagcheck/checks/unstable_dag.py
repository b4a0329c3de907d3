"""Reports DAGs that differ from one parse to the next."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.places import own_file
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import one_line
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec


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
    for difference in record.unstable:
        dag = _dag_of(difference, record.dags)
        text = difference[len(dag.dag_id) + 2 :] if dag else difference
        yield Finding(
            check="unstable-dag",
            file=own_file(dag.file if dag else None, record.file),
            line=dag.line if dag else None,
            dag_id=one_line(dag.dag_id) if dag else None,
            what=f"two parses give different DAGs: {one_line(text)}",
            why="each parse makes a new DAG version, and the scheduler and the worker see different DAGs",
            fix="keep the clock, random, uuid and the order of sets out of ids, arguments and dates",
        )


def _dag_of(difference: str, dags: tuple[DagSpec, ...]) -> DagSpec | None:
    """The DAG that `dag_id: ...` speaks of; ids may hold colons, so the longest one counts."""
    named = [dag for dag in dags if difference.startswith(f"{dag.dag_id}: ")]
    return max(named, key=lambda dag: len(dag.dag_id), default=None)
