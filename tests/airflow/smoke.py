"""Runs the DAG of a folder by Airflow's own `dag.test()` and prints the states of its tasks as JSON.

    python smoke.py HOME FOLDER

It uses nothing of dagcheck but the environment for Airflow: what is tried here is the installation.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from dagcheck._airflow.settings import hermetic
from dagcheck._airflow.versions import at_least


def main(home: str, folder: str) -> None:
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Airflow prints is no answer
    (Path(home) / "dags").mkdir()  # 3.1 and later parse the whole DAG folder; its DAGs are not the ones tried here
    os.environ.update(hermetic(Path(home), [], None))
    os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{home}/airflow.db"
    from airflow.models import DagBag
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.db import initdb
    from airflow.utils.session import create_session

    initdb()
    bag = DagBag(folder)
    assert not bag.import_errors, bag.import_errors
    if at_least(3, 1):
        _write(bag)
    (dag,) = bag.dags.values()
    when = datetime(2024, 1, 1, tzinfo=timezone.utc)
    run = dag.test(logical_date=when) if at_least(3, 0) else dag.test(execution_date=when)
    with create_session() as session:
        found = session.query(TaskInstance.task_id, TaskInstance.state).filter(TaskInstance.run_id == run.run_id)
        answer.write(json.dumps({**{task: str(state) for task, state in found}, "run": str(run.state.value)}))
    answer.close()


def _write(bag: Any) -> None:
    """`dag.test()` of 3.1 and later wants the DAG in the metadata DB."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager

    if at_least(3, 2):
        from airflow.dag_processing.dagbag import sync_bag_to_db
    else:
        from airflow.models.dagbag import sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()
    sync_bag_to_db(bag, "dags-folder", None)


if __name__ == "__main__":
    main(*sys.argv[1:])
