"""The e-mailed report: a real mail server takes it, and a reader of PDFs opens it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from loopback import Mailbox, smtp_server

if TYPE_CHECKING:
    from dagcheck.running.result import Run

DAY = "2024-03-05"


@pytest.fixture
def mailbox(airflow_connections: Any, airflow_variables: Any, tmp_path: Path) -> Iterator[Mailbox]:
    airflow_variables.set(reference_store=str(tmp_path))
    with smtp_server() as box:
        extra = {"disable_ssl": True, "disable_tls": True, "retry_limit": 1}
        airflow_connections.set(
            smtp_default={"conn_type": "smtp", "host": "127.0.0.1", "port": box.port, "extra": extra}
        )
        yield box


def text_of(mailbox: Mailbox) -> str:
    from pypdf import PdfReader

    (attached,) = mailbox.messages[-1].iter_attachments()
    assert attached.get_filename() == f"sales-{DAY}.pdf"
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(attached.get_content())).pages)


@pytest.mark.pattern("E13", how="SMTP server")
def test_finance_receives_the_figures_of_the_day(mailbox: Mailbox, same_with_airflow: Callable[..., Run]) -> None:
    from common.shop import orders_of, revenue

    assert same_with_airflow("report_by_mail", DAY).success
    assert len(mailbox.messages) == 2  # one from each engine
    message = mailbox.messages[0]
    assert (message["Subject"], message["To"]) == (f"Sales of {DAY}", "finance@shop.example.com")
    assert message["X-Report"] == "daily-sales"
    total = revenue(orders_of(date.fromisoformat(DAY)))
    assert text_of(mailbox).splitlines()[0] == f"Sales of {DAY}"
    assert text_of(mailbox).splitlines()[-1] == f"total: {total / 100:,.2f} EUR"


@pytest.mark.pattern("E13", how="SMTP server")
def test_when_the_mail_server_refuses_the_report_is_kept_and_only_the_mail_is_tried_again(
    mailbox: Mailbox, run_dag: Callable[..., Run], tmp_path: Path
) -> None:
    mailbox.refusal = "451 try again later"
    run = run_dag("report_by_mail", DAY)
    assert run.state("send_report") == "failed"
    assert [len(run.tries[task_id]) for task_id in ("compute_figures", "write_pdf", "send_report")] == [1, 1, 3]
    assert (tmp_path / "reports" / f"sales-{DAY}.pdf").read_bytes().startswith(b"%PDF")
    assert mailbox.messages == []


@pytest.mark.pattern("E13")
def test_the_report_lists_the_best_product_first(module_of: Callable[[str], Any]) -> None:
    lines = module_of("report_by_mail").report_lines({"lamp": 5, "desk": 250_000, "chair": 5})
    assert lines == ["desk: 2,500.00 EUR", "chair: 0.05 EUR", "lamp: 0.05 EUR", "total: 2,500.10 EUR"]
