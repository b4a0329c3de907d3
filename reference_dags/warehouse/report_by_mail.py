"""E13 (e-mailed report with a PDF): a report is made, kept and sent.

Use it for readers who will not open a dashboard. The file is kept under the run's day, so that it can be sent again,
and the mail is a task of its own: when the mail server is down, only the mail is tried again.

Not for an alert that something failed (that is a callback), and not for tables by the megabyte: mail a link.

Easy to get wrong: a path like `/reports/daily.pdf` exists only on the worker that wrote it, and the next task may run
on another; the file belongs into storage that all workers share. A retry of a mail task may send twice, because a
server may take a message and lose the connection before it says so: every mail carries the id of its report.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pendulum
from airflow.providers.smtp.operators.smtp import EmailOperator
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import PRODUCTS, TIMEZONE, local_day, orders_of
from common.store import STORE, store_folder

DAY = "{{ data_interval_start.in_timezone('Europe/Amsterdam').date() }}"
Figures = dict[str, int]


@task
def compute_figures(data_interval_start: datetime | None = None) -> Figures:
    """Return the day's revenue by product, in cents."""
    sold: Counter[str] = Counter(dict.fromkeys(PRODUCTS, 0))
    for order in orders_of(local_day(data_interval_start)):
        sold[order["product"]] += order["quantity"] * PRODUCTS[order["product"]] - order["refund"]
    return dict(sold)


@task
def write_pdf(figures: Figures, store: str, data_interval_start: datetime | None = None) -> str:
    """Write the report and return its path; written again it replaces the one before."""
    from fpdf import FPDF

    day = local_day(data_interval_start).isoformat()
    pdf = FPDF()
    pdf.set_title(f"Sales of {day}")
    pdf.add_page()
    pdf.set_font("Helvetica", size=16)
    pdf.cell(text=f"Sales of {day}")
    pdf.set_font_size(11)
    for line in report_lines(figures):
        pdf.ln(8)
        pdf.cell(text=line)
    folder = store_folder(store) / "reports"
    folder.mkdir(exist_ok=True)
    path = folder / f"sales-{day}.pdf"
    pdf.output(str(path))
    return str(path)


def report_lines(figures: Figures) -> list[str]:
    """Return the lines of the report, best product first, and the total."""
    best = sorted(figures.items(), key=lambda item: (-item[1], item[0]))
    return [f"{name}: {cents / 100:,.2f} EUR" for name, cents in [*best, ("total", sum(figures.values()))]]


@dag(
    description="Mails the figures of the day before to finance, as a PDF",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "finance-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["reference", "warehouse"],
)
def report_by_mail() -> None:
    """Compute, write, send."""
    path = write_pdf(compute_figures(), STORE)
    EmailOperator(
        task_id="send_report",
        conn_id="smtp_default",
        from_email="reports@shop.example.com",
        to=["finance@shop.example.com"],
        subject=f"Sales of {DAY}",
        html_content="<p>The figures of the day are attached.</p>",
        files=[path],
        custom_headers={"X-Report": "daily-sales"},
    )


report_by_mail()
