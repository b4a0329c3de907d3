"""B9, E16: secrets from where they belong, rights on the DAG, an audit trail.

Use it for every DAG that hands data to others. The partner's password stands in a Connection and the salt in a
Variable, both read when the task runs, from the metadata DB, where Airflow encrypts them, or from a secrets backend
(`common/secrets/mounted.py`), where nobody can read them in the interface. Airflow masks both in logs: the Variable
because its name holds `secret` (3.0 masks no Variable: there such a value belongs into a Connection). `access_control`
gives roles rights on this DAG alone. The trail says who exported how many rows, before and after, also when it fails.

Not in `params`, `conf`, templates or XComs: what passes through those is shown in the interface.

Which executor runs it is no matter of the DAG: LocalExecutor on one machine, CeleryExecutor for many workers,
KubernetesExecutor for a pod per task.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.audit import audited
from common.compat import Variable, dag, task
from common.shop import TIMEZONE, local_day, orders_of
from common.store import STORE


def pseudonym(order_id: str, salt: str) -> str:
    """Return an id that the partner cannot lead back to the order, the same each time."""
    return hmac.new(salt.encode(), order_id.encode(), hashlib.sha256).hexdigest()


@task
def export_orders(store: str, data_interval_start: datetime | None = None, **context: Any) -> int:
    """Hand the day's orders to the partner under pseudonyms; return how many."""
    from airflow.providers.http.hooks.http import HttpHook

    with audited(store, context, "export of orders to the partner") as told:
        salt = Variable.get("export_secret_salt")
        orders = orders_of(local_day(data_interval_start))
        rows = [{"id": pseudonym(order["order_id"], salt), "region": order["region"]} for order in orders]
        partner = HttpHook(method="POST", http_conn_id="partner_api")
        partner.run("exports", data=json.dumps(rows), headers={"Content-Type": "application/json"})
        told.rows = len(rows)
    return len(rows)


@dag(
    description="Hands the day's orders to a partner, with rights, secrets and a trail",
    schedule=CronDataIntervalTimetable("55 1 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    access_control={"Analyst": {"can_read"}, "Data steward": {"can_read", "can_edit"}},
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "observability"],
)
def secured_export() -> None:
    """One task."""
    export_orders(STORE)


secured_export()  # dagcheck: ignore[deprecated-api, unused-ignore] B9 asks for rights, which stand nowhere else
