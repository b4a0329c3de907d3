"""E13 (API sync): customers from an API that answers in pages and limits how often it may be asked.

Use it to keep a copy of what another company's API knows. `common/hooks/paged_api.py` does the asking: cursor after
cursor, as slowly as the API wants, with a timeout for each request.

Not for data by the gigabyte (ask for an export), and not where the other side can send changes by itself.

Easy to get wrong: a page that cannot be read must not end the loop like a last page does, or half the customers look
deleted; a request without a timeout holds a worker for ever; and a token in the code or in `op_kwargs` is readable by
all. Here rows are only written after the last page, in one transaction, and the token is the Connection's password.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE
from common.store import STORE, store_folder, warehouse

TABLE = "CREATE TABLE IF NOT EXISTS api_customers (customer_id TEXT PRIMARY KEY, email TEXT, seen TEXT)"
UPSERT = "REPLACE INTO api_customers VALUES (:customer_id, :email, :seen)"
FORGET = "DELETE FROM api_customers WHERE seen < ?"


@task(pool="shop_api")
def fetch(store: str, run_id: str | None = None) -> str:
    """Write all customers into a file of the run, and return its path: they are too many for XCom."""
    from hashlib import sha256

    from common.hooks.paged_api import PagedApiHook

    folder = store_folder(store) / "api"
    folder.mkdir(exist_ok=True)
    file = folder / f"{sha256(str(run_id).encode()).hexdigest()[:16]}.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for customer in PagedApiHook("customer_api").rows("customers", limit=100):
            lines.write(json.dumps({"customer_id": customer["id"], "email": customer["email"]}) + "\n")
    return str(file)


@task
def synchronise(path: str, store: str, ds: str | None = None) -> dict[str, int]:
    """Bring the copy in line with the file, all at once; return how many there are now, and how many went away."""
    with Path(path).open(encoding="utf-8") as lines, warehouse(store) as connection:
        connection.execute(TABLE)
        connection.executemany(UPSERT, ({**json.loads(line), "seen": ds} for line in lines))
        gone = connection.execute(FORGET, (ds,)).rowcount
        (count,) = connection.execute("SELECT count(*) FROM api_customers").fetchone()
    return {"customers": int(count), "gone": gone}


@dag(
    description="Keeps a copy of the customers behind an API",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,  # the copy has one writer
    default_args={
        "owner": "sales-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "platforms"],
)
def api_sync() -> None:
    """Fetch all, then change the copy."""
    synchronise(fetch(STORE), STORE)


api_sync()
