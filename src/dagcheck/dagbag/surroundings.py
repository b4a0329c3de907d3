"""When Airflow comes into this process, and when everything around it goes again."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagcheck import host
from dagcheck._airflow import classes, process
from dagcheck._airflow.creation import CreationLog
from dagcheck._airflow.loading import Loaded
from dagcheck._airflow.refusing import refusals
from dagcheck.checks.registry import all_checks
from dagcheck.config import load
from dagcheck.dagbag import bag, records
from dagcheck.dagbag.live import airflow_home
from dagcheck.errors import UsageError


def prepare_airflow(rootdir: Path | None = None) -> None:
    """Give Airflow a throwaway home, with the configured DAG folder, before anybody imports it.

    For test modules that import Airflow themselves: call it at the top of conftest.py, or set `dagcheck_hermetic` in
    pytest's configuration. Everything else of dagcheck does this by itself. Raises ConfigError if the configuration
    is wrong.
    """
    config = load(rootdir or host.rootdir(), host.current().overrides, all_checks())
    airflow_home(config, [config.path(folder) for folder in config.dag_folder])


@contextmanager
def make_dag(dag_id: str = "made_in_test", **options: Any) -> Iterator[Any]:
    """Make a DAG in a `with` block, as a DAG file does.

        with make_dag("orders", schedule="@daily") as dag:
            EmptyOperator(task_id="extract") >> EmptyOperator(task_id="load")

    `options` are those of `DAG`; without them there is no schedule, and the start date is the first of January 2024
    in UTC. At the end of the block the DAG passes what Airflow asks of every DAG, cluster policies included; a DAG
    that Airflow would refuse raises UsageError.
    """
    caller = sys._getframe(2).f_code.co_filename  # past contextlib
    prepare_airflow()
    process.import_airflow()
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    with classes.dag_class()(dag_id, **{"schedule": None, "start_date": start, **options}) as dag:
        dag.fileloc = caller
        yield dag
    for refusal in refusals(Loaded((dag,), ()), CreationLog(lambda _frame: None)):
        raise UsageError(f"Airflow refuses the DAG {dag_id!r}: {refusal.type}: {refusal.message}")


def leave() -> None:
    """Forget all bags, remove the throwaway home, and give sys.path and the environment back."""
    bag.close()
    records.withdraw()
    process.leave()
