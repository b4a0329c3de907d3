"""E14: the daily analytics of a shop, over seven systems.

Two sources arrive by themselves, a file of transactions and the customers behind an API; Spark joins them on a
cluster that is always there; the warehouse takes the result; dashboards are refreshed and a report is mailed.

    files ── wait_for_file ── load ──────┐
                                         ├── transform (Spark) ── publish (warehouse) ──┬── refresh_dashboards
    API ──── wait_for_api ─── fetch ─────┘                                              └── write_pdf ── send_report

Use it as the shape of a pipeline whose systems fail one by one. Both waits give their worker back between looks, and
give up in time for somebody to act. Every write replaces its own day, so any task may be repeated alone. What is
published is compared with what came in, and a day that does not add up reaches neither dashboard nor mailbox. Whoever
is on call hears of the first task that gives up, once.

Not as a first DAG, and not for one team's two tables: most of it exists because the systems belong to others.

Easy to get wrong: `INSERT INTO facts SELECT ... WHERE date = ...` doubles the day when it is repeated; a Spark step
that was only submitted has not run; and a sensor's default of seven days waits over the weekend for Thursday's file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pendulum
from airflow.providers.amazon.aws.operators.emr import EmrAddStepsOperator
from airflow.providers.amazon.aws.sensors.emr import EmrStepSensor
from airflow.providers.common.sql.operators.sql import SQLCheckOperator, SQLExecuteQueryOperator
from airflow.providers.http.sensors.http import HttpSensor
from airflow.providers.smtp.operators.smtp import EmailOperator
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import FileSensor, TaskGroup, dag, task
from common.compat_providers import HttpOperator
from common.notifiers.slack import SlackFailureAlert
from common.shop import TIMEZONE, local_day
from common.store import STORE, store_folder

DAY = "{{ data_interval_start.in_timezone('Europe/Amsterdam').date() }}"
WAREHOUSE = "warehouse_db"
COLUMNS = ("transaction_id", "customer_id", "product", "quantity", "cents")
MOST_REJECTED = 0.05

SPARK_STEP = {
    "Name": f"transform_ecommerce {DAY}",
    "ActionOnFailure": "CONTINUE",  # the cluster is others' too; EmrStepSensor fails this run
    "HadoopJarStep": {
        "Jar": "command-runner.jar",
        "Args": ["spark-submit", "--deploy-mode", "cluster", "s3://shop-jobs/transform_ecommerce.py", "--date", DAY],
    },
}
PUBLISH = [
    f"DELETE FROM sales_facts WHERE day = '{DAY}'",  # noqa: S608 - the date is Airflow's own
    f"INSERT INTO sales_facts SELECT * FROM staging.processed_sales WHERE day = '{DAY}'",  # noqa: S608
]
ADDS_UP = f"""
SELECT (SELECT coalesce(sum(cents), 0) FROM sales_facts WHERE day = '{DAY}')
     = (SELECT coalesce(sum(cents), 0) FROM staging.transactions WHERE day = '{DAY}')
"""  # noqa: S608

Row = tuple[Any, ...]


class TooManyRejectedError(ValueError):
    """More rows are wrong than a source that works would send."""


def read_transactions(path: Path, day: date) -> tuple[list[Row], list[str]]:
    """Return the rows that are good, and for each other row what is wrong with it and in which line."""
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        found = [(number, parsed(row, day)) for number, row in enumerate(csv.DictReader(file), 2)]
    good = [row for _, row in found if isinstance(row, tuple)]
    return good, [f"line {number}: {problem}" for number, problem in found if isinstance(problem, str)]


def parsed(row: dict[str, str | None], day: date) -> Row | str:
    """Return a transaction as the staging table takes it, or what is wrong with it."""
    values = [row.get(column) or "" for column in COLUMNS]
    if not all(values):
        return "an empty column"
    try:
        quantity, cents = int(values[3]), int(values[4])
    except ValueError as error:
        return str(error)
    return (day, *values[:3], quantity, cents) if quantity > 0 else f"a quantity of {quantity}"


@task(pool="warehouse_queries")
def load_transactions(files: str, data_interval_start: datetime | None = None) -> dict[str, int]:
    """Replace the day's rows in staging; a few wrong ones are counted, many are an error."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    day = local_day(data_interval_start)
    good, rejected = read_transactions(Path(files) / "transactions" / f"{day}.csv", day)
    if len(rejected) > MOST_REJECTED * (len(good) + len(rejected)):
        raise TooManyRejectedError(f"{len(rejected)} rows rejected, first {rejected[0]}")
    hook = PostgresHook(postgres_conn_id=WAREHOUSE)
    hook.run("DELETE FROM staging.transactions WHERE day = %s", parameters=(day,))
    hook.insert_rows("staging.transactions", good, target_fields=["day", *COLUMNS])
    return {"loaded": len(good), "rejected": len(rejected)}


@task(pool="shop_api")
def fetch_customers() -> int:
    """Bring the customers up to date from the API, page by page; return how many there are."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    from common.hooks.paged_api import PagedApiHook

    rows = [(one["customer_id"], one["country"]) for one in PagedApiHook("customer_api").rows("customers", limit=100)]
    PostgresHook(postgres_conn_id=WAREHOUSE).insert_rows(
        "staging.customers", rows, target_fields=["customer_id", "country"], replace=True, replace_index="customer_id"
    )
    return len(rows)


@task
def write_pdf(store: str, data_interval_start: datetime | None = None) -> str:
    """Write the day's report into storage that all workers share; return its path."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook
    from fpdf import FPDF

    day = local_day(data_interval_start).isoformat()
    sql = (
        "SELECT country, sum(cents) FROM sales_facts WHERE day = %s GROUP BY country ORDER BY sum(cents) DESC, country"
    )
    found = PostgresHook(postgres_conn_id=WAREHOUSE).get_records(sql, parameters=(day,))
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    for line in report_lines(day, found):
        pdf.cell(text=line)
        pdf.ln(8)
    folder = store_folder(store) / "reports"
    folder.mkdir(exist_ok=True)
    path = folder / f"daily-{day}.pdf"
    pdf.output(str(path))
    return str(path)


def report_lines(day: str, by_country: list[Row]) -> Iterator[str]:
    """Yield the lines of the report: a title, the countries as given, the total."""
    yield f"Daily sales report {day}"
    for country, cents in by_country:
        yield f"{country}: {int(cents) / 100:,.2f} EUR"
    yield f"Total: {sum(int(cents) for _, cents in by_country) / 100:,.2f} EUR"


def is_healthy(response: Any) -> bool:
    """Tell whether the API says that it is there; anything that is no such answer means not yet."""
    try:
        return bool(response.json()["status"] == "ok")
    except (ValueError, KeyError, TypeError):
        return False


@dag(
    description="Transactions and customers to facts, dashboards and a mailed report, every night at one",
    schedule=CronDataIntervalTimetable("0 1 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "sales-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=1),
        "on_failure_callback": SlackFailureAlert(),
    },
    doc_md=__doc__,
    tags=["reference", "showcase"],
)
def ecommerce_daily_analytics() -> None:
    """Wire the systems as drawn above."""
    with TaskGroup("transactions", tooltip="The file that the tills leave behind") as transactions:
        FileSensor(
            task_id="wait_for_file",
            fs_conn_id="shop_files",
            filepath=f"transactions/{DAY}.csv",
            mode="reschedule",
            poke_interval=300,
            timeout=2 * 60 * 60,
            execution_timeout=timedelta(minutes=5),
        ) >> load_transactions("{{ conn.shop_files.extra_dejson.path }}")

    with TaskGroup("customers", tooltip="Who bought, from the customer system") as customers:
        (
            HttpSensor(
                task_id="wait_for_api",
                http_conn_id="customer_api",
                endpoint="health",
                response_check=is_healthy,
                response_error_codes_allowlist=["404", "429", "502", "503", "504"],
                mode="reschedule",
                poke_interval=60,
                timeout=30 * 60,
                execution_timeout=timedelta(minutes=5),
            )
            >> fetch_customers()
        )

    with TaskGroup("transform", tooltip="Spark, on the cluster of the analytics team") as transform:
        submit = EmrAddStepsOperator(
            task_id="submit",
            job_flow_name="analytics",
            cluster_states=["RUNNING", "WAITING"],
            steps=[SPARK_STEP],
        )
        EmrStepSensor(
            task_id="wait_for_step",
            job_flow_id="{{ ti.xcom_pull(task_ids='transform.submit', key='job_flow_id') }}",
            step_id="{{ ti.xcom_pull(task_ids='transform.submit')[0] }}",
            mode="reschedule",
            poke_interval=60,
            timeout=2 * 60 * 60,
        ).set_upstream(submit)

    with TaskGroup("publish", tooltip="The day becomes visible as a whole, or not at all") as publish:
        SQLExecuteQueryOperator(task_id="load_to_warehouse", conn_id=WAREHOUSE, sql=PUBLISH) >> SQLCheckOperator(
            task_id="adds_up", conn_id=WAREHOUSE, sql=ADDS_UP
        )

    refresh_dashboards = HttpOperator(
        task_id="refresh_dashboards",
        http_conn_id="dashboard_api",
        endpoint="refreshes",
        method="POST",
        headers={"Content-Type": "application/json", "Idempotency-Key": f"sales-overview-{DAY}"},
        data='{"dashboard_id": "sales-overview", "refresh_type": "full"}',
    )
    path = write_pdf(STORE)
    send_report = EmailOperator(
        task_id="send_report",
        from_email="reports@shop.example.com",
        to=["sales@shop.example.com", "marketing@shop.example.com"],
        subject=f"Daily sales report {DAY}",
        html_content="<h3>Daily sales report</h3><p>The report of the day is attached.</p>",
        files=[path],
    )
    [transactions, customers] >> transform >> publish >> [refresh_dashboards, path]
    path >> send_report


ecommerce_daily_analytics()
