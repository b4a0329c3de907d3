"""D5: a function that builds the same task group for each entity, and dependencies between these groups.

Use it when several entities go through the same steps: one function, one entry of configuration per entity
(`common/entities.py`), and a graph of three boxes in place of fifteen tasks.

Not for entities whose steps differ (the function would be all conditions), and not for so many that nobody can read
the graph any more (a DAG for each).

`orders` refer to products and regions, so their group starts after both of the others are validated. Rows travel as
files, and only file names as XComs. Each step can be repeated: files and table are replaced, never added to.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import EmptyOperator, TaskGroup, chain, dag, task
from common.entities import ENTITIES, Row, problems, read_source, transformed
from common.shop import TIMEZONE, local_day
from common.store import STORE, store_folder, warehouse


@task
def extract(entity: str, store: str, data_interval_start: datetime | None = None) -> str:
    """Write the entity's rows of the day as they come; return the file's path."""
    day = local_day(data_interval_start)
    file = store_folder(store) / f"{entity}_{day.isoformat()}.raw.json"
    file.write_text(json.dumps(read_source(entity, day)), encoding="utf-8")
    return str(file)


@task
def quality_check(entity: str, raw: str) -> str:
    """Return the path as it is; raises ValueError that tells everything that is wrong with the rows."""
    if found := problems(ENTITIES[entity], _rows(raw)):
        raise ValueError(f"{entity}: {'; '.join(found)}")
    return raw


@task
def transform(entity: str, raw: str) -> str:
    """Write the transformed rows beside the raw ones; return their path."""
    file = Path(raw.replace(".raw.", ".clean."))
    file.write_text(json.dumps(transformed(ENTITIES[entity], _rows(raw))), encoding="utf-8")
    return str(file)


@task
def load(entity: str, clean: str, store: str) -> int:
    """Replace the entity's rows in the warehouse; return how many there are in the file."""
    rows = [(entity, str(row[ENTITIES[entity].key]), json.dumps(row, sort_keys=True)) for row in _rows(clean)]
    with warehouse(store) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS entities (entity TEXT, key TEXT, content TEXT)")
        connection.execute("DELETE FROM entities WHERE entity = ?", (entity,))
        connection.executemany("INSERT INTO entities VALUES (?, ?, ?)", rows)
    return len(rows)


@task
def validate(entity: str, expected: int, store: str) -> None:
    """Raise ValueError if the warehouse does not hold the rows that were loaded."""
    with warehouse(store) as connection:
        (found,) = connection.execute("SELECT count(*) FROM entities WHERE entity = ?", (entity,)).fetchone()
    if found != expected:
        raise ValueError(f"{entity}: {expected} rows were loaded, the warehouse holds {found}")


def _rows(file: str) -> list[Row]:
    rows: list[Row] = json.loads(Path(file).read_text(encoding="utf-8"))
    return rows


def etl_group(entity: str) -> TaskGroup:
    """Build the group `<entity>_etl`: five tasks in a line."""
    with TaskGroup(f"{entity}_etl", tooltip=f"Everything from the source to the warehouse, for {entity}") as group:
        raw = quality_check(entity, extract(entity, STORE))
        validate(entity, load(entity, transform(entity, raw), STORE), STORE)
    return group


@dag(
    description="The same five steps for products, regions and orders, each a task group from one function",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=2),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "groups"],
)
def group_factory() -> None:
    """Build a group per entity and chain the groups."""
    groups = {entity: etl_group(entity) for entity in ENTITIES}
    start, end = EmptyOperator(task_id="start"), EmptyOperator(task_id="end")
    chain(start, [groups["products"], groups["regions"]], groups["orders"], end)


group_factory()
