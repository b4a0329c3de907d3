"""E13 (migration): tables from an old system into a new one, verified before anybody is sent there.

Use it to move a system while it is used: it may run every night until the day of the move, and copies only what the
new side lacks or has otherwise.

Not for databases of one kind that can replicate, and not for a single small table (dump and restore).

Easy to get wrong: equal counts prove little, so contents are compared by a checksum over all rows, computed by each
database itself; a table whose rows changed meanwhile is not a failure of the copy, it is copied again next time; and
the switch is one transaction for all tables, taken only if every single one was verified.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, instances_named, task
from common.shop import TIMEZONE

OLD, NEW = "legacy_db", "shop_db"
TABLES = {"customers": ("id", "name"), "orders": ("id", "customer_id", "cents")}
BATCH = 500


def page_sql(table: str) -> str:
    """Return the statement for one page of the old table, in the order of its key."""
    return f"SELECT {', '.join(TABLES[table])} FROM legacy.{table} WHERE id > %s ORDER BY id LIMIT {BATCH}"  # noqa: S608


def checksum_sql(schema: str, table: str) -> str:
    """Return the statement for a number of rows and a checksum over all of them."""
    row = " || '|' || ".join(f"coalesce({column}::text, '')" for column in TABLES[table])
    return f"SELECT count(*), coalesce(md5(string_agg(md5({row}), '' ORDER BY id)), '') FROM {schema}.{table}"  # noqa: S608


@task(pool="warehouse_queries", **instances_named("{{ task.op_kwargs['table'] }}"))
def copy_table(table: str) -> str:
    """Copy a table page by page and remove what the old one no longer has; return the table's name."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    old, new = PostgresHook(postgres_conn_id=OLD), PostgresHook(postgres_conn_id=NEW)
    last, seen = 0, []
    while rows := old.get_records(page_sql(table), parameters=(last,)):
        new.insert_rows(f"shop.{table}", rows, target_fields=list(TABLES[table]), replace=True, replace_index="id")
        seen += [row[0] for row in rows]
        last = seen[-1]
    new.run(f"DELETE FROM shop.{table} WHERE NOT id = ANY(%s)", parameters=(seen,))  # noqa: S608
    return table


@task(**instances_named("{{ task.op_kwargs['table'] }}"))
def verify_table(table: str) -> dict[str, Any]:
    """Compare both sides; return the table's name and number of rows. Differing contents are an error."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    there = PostgresHook(postgres_conn_id=OLD).get_first(checksum_sql("legacy", table))
    here = PostgresHook(postgres_conn_id=NEW).get_first(checksum_sql("shop", table))
    if tuple(there) != tuple(here):
        raise ValueError(f"{table}: {there[0]} rows with checksum {there[1]}, here {here[0]} with {here[1]}")
    return {"table": table, "rows": int(here[0])}


@task
def switch_over(verified: list[dict[str, Any]]) -> list[str]:
    """Send readers of all tables to the new system at once; return the tables."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    tables = sorted(one["table"] for one in verified)
    sql = "UPDATE shop.routes SET system = 'new' WHERE table_name = ANY(%s)"
    PostgresHook(postgres_conn_id=NEW).run(sql, parameters=(tables,))
    return tables


@dag(
    description="Moves the tables of the old shop, and its readers once all of them are equal",
    schedule=CronDataIntervalTimetable("0 1 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=2),
    },
    doc_md=__doc__,
    tags=["reference", "warehouse"],
)
def migration() -> None:
    """Copy each table, verify each, switch all."""
    copied = copy_table.expand(table=sorted(TABLES))
    switch_over(verify_table.expand(table=copied))


migration()
