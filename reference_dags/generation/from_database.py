"""B2, D2: one DAG per row of a database table.

Use it when an application lets its users create pipelines: it writes rows, and within minutes there are DAGs.

Not when the list changes with the code (a file is reviewed and has a history), and not for entities of one run: map
over the rows instead, and there is one DAG with one history.

What goes wrong easily:

- The DAG file asks the database. Then every parse, every few seconds and on every worker that starts a task, opens a
  connection; a slow answer makes the parse time out, a missing one makes all DAGs vanish in the middle of their runs.
  Here a task of `refresh_pipeline_catalogue` asks, and parsing reads the last good answer from a file.
- An answer is taken as it is. Here it must be there within seconds, must not be empty, and each row must be valid; a
  row that is not keeps its last good version and fails the refresh, so that somebody hears of it.
- A half-written file is read. Here it is replaced as a whole.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from common.compat import AirflowFailException, dag, task
from common.factories.catalogues import refreshing
from common.factories.pipelines import Pipeline, build_pipeline

COMMITTED = Path(__file__).parent / "catalogue" / "pipelines.json"
ROWS = """
    SELECT pipeline_name, schedule, config::text
    FROM pipeline_configurations
    WHERE is_active
    ORDER BY pipeline_name
"""
PATIENCE = {"connect_timeout": 5, "statement_timeout": 20}
"""Seconds that the database has."""


@task
def refresh() -> list[str]:
    """Publish the active pipelines of the database; return their names.

    Raises AirflowFailException, after publishing the others, if there are rows that cannot be used.
    """
    import json

    from common.configuration import all_validated
    from common.hooks.pooled_postgres import PooledPostgresHook
    from common.last_good import publish

    hook = PooledPostgresHook("catalogue_db", pool_size=1, attempts=1, **PATIENCE)  # the task itself is retried
    rows = hook.get_records(ROWS)
    entries = [
        (f"pipeline_configurations: {name}", {**json.loads(config), "name": name, "schedule": schedule})
        for name, schedule, config in rows
    ]
    right, problems = all_validated(Pipeline, entries)
    names = {name for name, *_ in rows} - {pipeline.name for pipeline in right}
    kept = [pipeline for pipeline in read_last_good()[0] if pipeline.name in names]
    every = sorted([*right, *kept], key=lambda pipeline: pipeline.name)
    publish(COMMITTED, every)
    if problems:
        raise AirflowFailException("\n".join([*problems, f"{len(kept)} of them stay as they were"]))
    return [pipeline.name for pipeline in right]


def read_last_good() -> tuple[list[Pipeline], list[str]]:
    """Return the last good pipelines, and what is wrong with others."""
    from common.last_good import last_good

    return last_good(COMMITTED, Pipeline)


@dag(**refreshing("Brings the DAGs database_* in line with the application's table", __doc__, timedelta(minutes=2)))
def refresh_pipeline_catalogue() -> None:
    """Ask, validate, publish."""
    refresh()


refresh_pipeline_catalogue()
DAGS = [build_pipeline(pipeline, f"database_{pipeline.name}", __doc__) for pipeline in read_last_good()[0]]
