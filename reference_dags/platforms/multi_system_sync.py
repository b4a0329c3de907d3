"""E13 (multi-system sync): one customer in three systems, which all change him.

Use it where no system may be switched off, so none is the master of every field. Each system's record is brought into
one shape, the newest change of a field wins, and only what differs is written back.

Not where one system can own the data (then copy one way), and not for money: conflicts there need a person.

Easy to get wrong: comparing times without zones, so that one system always wins; writing everything back, which the
others read as a change, for ever; and forgetting who wrote what: the history keeps every version, with its source.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any, TypedDict

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE
from common.store import STORE, warehouse

SCHEMA_VERSION = 1
BUCKET, EXPORT = "shop-crm", "export/customers.jsonl"
TABLES = """
CREATE TABLE IF NOT EXISTS shop_customers (id TEXT PRIMARY KEY, email TEXT, changed TEXT);
CREATE TABLE IF NOT EXISTS customer_history (id TEXT, email TEXT, changed TEXT, source TEXT, version INTEGER,
    PRIMARY KEY (id, changed, source));
"""


class Customer(TypedDict):
    """A customer in the common shape; `changed` is ISO 8601 in UTC."""

    id: str
    email: str
    changed: str
    source: str


def customer(record: dict[str, Any], names: tuple[str, str, str], source: str) -> Customer:
    """Bring a record into the common shape; `names` are those of id, e-mail and time; a time needs its zone."""
    key, email, when = (record[name] for name in names)
    moment = datetime.fromisoformat(str(when).replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"{source}: {key}: {when!r} has no timezone")
    return {
        "id": str(key).lower(),
        "email": str(email).strip().lower(),
        "changed": moment.astimezone(timezone.utc).isoformat(),
        "source": source,
    }


def newest(records: Iterable[Customer]) -> dict[str, Customer]:
    """Return the newest version of each customer; of two of the same moment the one of the first source by name."""
    found: dict[str, Customer] = {}
    for one in sorted(records, key=lambda one: (one["changed"], [-ord(letter) for letter in one["source"]])):
        found[one["id"]] = one
    return found


def differences(wanted: dict[str, Customer], there: list[Customer]) -> list[Customer]:
    """Return what a system must be told: customers that it lacks, or has with another e-mail."""
    known = {one["id"]: one["email"] for one in there}
    return [one for key, one in sorted(wanted.items()) if known.get(key) != one["email"]]


@task(pool="shop_api")
def read_support() -> list[Customer]:
    """Read the support system, by its API."""
    from common.hooks.paged_api import PagedApiHook

    rows = PagedApiHook("support_api").rows("contacts", limit=100)
    return [customer(row, ("contactId", "mail", "updatedAt"), "support") for row in rows]


@task
def read_crm() -> list[Customer]:
    """Read the CRM's export, from its bucket."""
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    lines = S3Hook().read_key(EXPORT, BUCKET).splitlines()
    return [customer(json.loads(line), ("Id", "Email", "LastModified"), "crm") for line in lines]


@task
def read_shop(store: str) -> list[Customer]:
    """Read the shop's own table."""
    with warehouse(store) as connection:
        connection.executescript(TABLES)
        rows = connection.execute("SELECT id, email, changed FROM shop_customers").fetchall()
    return [customer({"id": key, "email": mail, "at": at}, ("id", "email", "at"), "shop") for key, mail, at in rows]


@task
def reconcile(support: list[Customer], crm: list[Customer], shop: list[Customer]) -> dict[str, list[Customer]]:
    """Return, by system, what it must be told."""
    wanted = newest([*support, *crm, *shop])
    systems = {"support": support, "crm": crm, "shop": shop}
    return {name: differences(wanted, there) for name, there in systems.items()}


@task(pool="shop_api")
def write_support(told: dict[str, list[Customer]]) -> int:
    """Tell the support system; PUT by id, so telling it again changes nothing."""
    from airflow.providers.http.hooks.http import HttpHook

    hook = HttpHook(method="PUT", http_conn_id="support_api")
    for one in told["support"]:
        body = json.dumps({"mail": one["email"], "updatedAt": one["changed"]})
        hook.run(f"contacts/{one['id']}", data=body, headers={"Content-Type": "application/json"})
    return len(told["support"])


@task
def write_crm(told: dict[str, list[Customer]], run_id: str | None = None) -> int:
    """Leave a file for the CRM's import, named by the run: written again it is the same file."""
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    lines = [
        json.dumps({"Id": one["id"], "Email": one["email"], "LastModified": one["changed"]}) for one in told["crm"]
    ]
    if lines:
        S3Hook().load_string("\n".join(lines), f"import/{run_id}.jsonl", BUCKET, replace=True)
    return len(lines)


@task
def write_shop(told: dict[str, list[Customer]], store: str) -> int:
    """Change the shop's table and keep every version in its history, both or neither."""
    with warehouse(store) as connection:
        for one in told["shop"]:
            connection.execute("REPLACE INTO shop_customers VALUES (:id, :email, :changed)", one)
            version = {**one, "version": SCHEMA_VERSION}
            connection.execute(
                "INSERT OR IGNORE INTO customer_history VALUES (:id, :email, :changed, :source, :version)", version
            )
    return len(told["shop"])


@dag(
    description="Keeps the customers of support, CRM and shop the same",
    schedule=CronDataIntervalTimetable("0 * * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "sales-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "platforms"],
)
def multi_system_sync() -> None:
    """Read all three, decide once, write to each."""
    told = reconcile(read_support(), read_crm(), read_shop(STORE))
    write_support(told)
    write_crm(told)
    write_shop(told, STORE)


multi_system_sync()
