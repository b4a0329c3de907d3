"""The e-commerce showcase, whole: from a file and an API to facts, dashboards and a PDF in two mailboxes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fake_emr import FakeEmr
from loopback import Mailbox, Reply, Request, Web, http_server, smtp_server

from dagcheck.assertions import assert_dependencies

if TYPE_CHECKING:
    from dagcheck.hooks.generic import MockHook
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.running.result import Run

DAG = "ecommerce_daily_analytics"
DAY = "2024-03-05"
RUN = "2024-03-05 01:00"
SCHEMA = Path(__file__).parents[2] / "reference_dags" / "showcase" / "sql" / "ecommerce_schema.sql"
HEADER = "transaction_id,customer_id,product,quantity,cents\n"
GOOD = ("t1,c1,lamp,2,3900", "t2,c2,desk,1,24900", "t3,c3,lamp,1,1950", "t4,c1,lamp,1,1950")
CUSTOMERS = [{"customer_id": f"c{n}", "country": country} for n, country in ((1, "NL"), (2, "DE"), (3, "NL"))]
# What the Spark job does, in the words of the warehouse.
SPARK = """
DELETE FROM staging.processed_sales WHERE day = %(day)s;
INSERT INTO staging.processed_sales
SELECT day, country, product, sum(quantity), sum(cents)
FROM staging.transactions JOIN staging.customers USING (customer_id) WHERE day = %(day)s GROUP BY 1, 2, 3
"""


class World:
    """All that the pipeline talks to."""

    def __init__(self, postgres: MockPostgres, web: Web, mail: Mailbox, slack: MockHook, files: Path) -> None:
        self.postgres, self.web, self.mail, self.slack, self.files = postgres, web, mail, slack, files
        self.emr = FakeEmr(work=self.spark)
        self.emr.start("reporting")
        self.emr.start("analytics", "TERMINATED")
        self.cluster = self.emr.start("analytics")

    def spark(self, arguments: list[str]) -> None:
        for statement in SPARK.split(";"):
            self.postgres.execute(statement.replace("%(day)s", f"'{arguments[-1]}'"))

    def deliver(self, *lines: str) -> None:
        (self.files / "transactions" / f"{DAY}.csv").write_text(HEADER + "\n".join(lines), encoding="utf-8")

    def facts(self) -> list[tuple[Any, ...]]:
        found = self.postgres.query("SELECT * FROM sales_facts ORDER BY day, country, product")
        return [(row["country"], row["product"], int(row["quantity"]), int(row["cents"])) for row in found]

    def told(self) -> list[str]:
        """The tasks of which whoever is on call has heard."""
        texts = [str(call.arguments["text"]) for call in self.slack.calls_of("send")]
        return [line.removeprefix("*Task*: ") for text in texts for line in text.splitlines() if "*Task*" in line]


def customers_page(request: Request) -> Any:
    """Two pages."""
    if "cursor" not in request.query:
        return {"items": CUSTOMERS[:2], "next": "2"}
    return {"items": CUSTOMERS[2:], "next": None}


@pytest.fixture
def world(
    mock_postgres: MockPostgres,
    mock_hook: Callable[[type], MockHook],
    airflow_connections: Any,
    airflow_variables: Any,
    tmp_path: Path,
) -> Iterator[World]:
    from airflow.providers.amazon.aws.hooks.emr import EmrHook
    from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook

    (tmp_path / "transactions").mkdir()
    mock_postgres.add_connections("warehouse_db")
    mock_postgres.execute(SCHEMA.read_text(encoding="utf-8"))
    airflow_variables.set(reference_store=str(tmp_path / "store"))
    with http_server() as web, smtp_server() as mail:
        airflow_connections.set(
            shop_files={"conn_type": "fs", "extra": {"path": str(tmp_path)}},
            customer_api=web.url,
            dashboard_api=web.url,
            smtp_default={"conn_type": "smtp", "host": "127.0.0.1", "port": mail.port,
                          "extra": {"disable_ssl": True, "disable_tls": True, "retry_limit": 1}},
        )  # fmt: skip
        slack = mock_hook(SlackWebhookHook).answer("send", None)
        found = World(mock_postgres, web, mail, slack, tmp_path)
        found.emr.mock(mock_hook(EmrHook))
        web.route("GET /health", lambda _: {"status": "ok"})
        web.route("GET /customers", customers_page)
        web.route("POST /refreshes", lambda _: {"queued": True})
        found.deliver(*GOOD)
        yield found


@pytest.mark.pattern("E14", how="PostgreSQL, HTTP server, SMTP server")
def test_a_night_from_the_file_to_the_mailbox(world: World, same_with_airflow: Callable[..., Run]) -> None:
    from pypdf import PdfReader

    run = same_with_airflow(DAG, RUN)
    assert run.success
    assert world.facts() == [("DE", "desk", 1, 24900), ("NL", "lamp", 4, 7800)]
    assert run.xcom("transactions.load_transactions") == {"loaded": 4, "rejected": 0}
    assert run.xcom("customers.fetch_customers") == 3

    assert {cluster: len(one["Steps"]) for cluster, one in world.emr.clusters.items()} == {"j-1": 0, "j-2": 0, "j-3": 2}
    assert world.emr.steps[0]["HadoopJarStep"]["Args"][-2:] == ["--date", DAY]
    assert [one.state for one in run.tries["transform.wait_for_step"]] == ["up_for_reschedule"] * 2 + ["success"]

    refresh = world.web.asked("POST /refreshes")[0]
    assert refresh.json == {"dashboard_id": "sales-overview", "refresh_type": "full"}
    assert refresh.headers["idempotency-key"] == f"sales-overview-{DAY}"

    message = world.mail.messages[0]
    assert message["To"] == "sales@shop.example.com, marketing@shop.example.com"
    (attached,) = message.iter_attachments()
    lines = PdfReader(io.BytesIO(attached.get_content())).pages[0].extract_text().splitlines()
    assert lines == [f"Daily sales report {DAY}", "DE: 249.00 EUR", "NL: 78.00 EUR", "Total: 327.00 EUR"]
    assert world.told() == []


@pytest.mark.pattern("E14")
def test_the_pipeline_is_as_drawn() -> None:
    assert_dependencies(
        DAG,
        """
        [transactions, customers] >> transform >> publish >> [refresh_dashboards, write_pdf]
        write_pdf >> send_report
        transactions.wait_for_file >> transactions.load_transactions
        customers.wait_for_api >> customers.fetch_customers
        transform.submit >> transform.wait_for_step
        publish.load_to_warehouse >> publish.adds_up
        """,
    )


@pytest.mark.pattern("E14", how="PostgreSQL, HTTP server, SMTP server")
def test_a_file_that_never_comes_is_told_in_time_and_nothing_is_published(
    world: World, run_dag: Callable[..., Run]
) -> None:
    (world.files / "transactions" / f"{DAY}.csv").unlink()
    run = run_dag(DAG, RUN)
    tries = run.tries["transactions.wait_for_file"]
    assert (tries[-1].end - tries[0].start).total_seconds() <= 2 * 60 * 60 + 300
    assert {one.state for one in tries[:-1]} == {"up_for_reschedule"}
    assert run.state("customers.fetch_customers") == "success"  # what can be done is done
    assert run.state("transform.submit") == run.state("send_report") == "upstream_failed"
    assert world.told() == ["transactions.wait_for_file"]
    assert (world.facts(), world.mail.messages, world.emr.steps) == ([], [], [])


@pytest.mark.pattern("E14", how="PostgreSQL, HTTP server, SMTP server")
def test_an_api_that_comes_back_and_limits_its_callers_only_costs_time(
    world: World, run_dag: Callable[..., Run]
) -> None:
    health = iter([Reply(status=503), Reply(b"<html>starting</html>"), Reply({"status": "starting"})])
    world.web.route("GET /health", lambda _: next(health, {"status": "ok"}))
    limited = iter([Reply({}, 429, {"Retry-After": "30"})] * 2)
    world.web.route("GET /customers", lambda request: next(limited, None) or customers_page(request))
    run = run_dag(DAG, RUN)
    assert run.success
    assert len(run.tries["customers.wait_for_api"]) == 4
    (fetched,) = run.tries["customers.fetch_customers"]
    assert (fetched.end - fetched.start).total_seconds() >= 60


@pytest.mark.pattern("E14", how="PostgreSQL, HTTP server, SMTP server")
def test_a_spark_step_that_fails_stops_the_night_and_leaves_the_cluster_to_its_owners(
    world: World, run_dag: Callable[..., Run]
) -> None:
    world.emr.outcome = "FAILED"
    run = run_dag(DAG, RUN)
    assert run.state("transform.wait_for_step") == "failed"
    assert world.told() == ["transform.wait_for_step"]
    assert (world.facts(), world.mail.messages) == ([], [])
    assert world.cluster in world.emr.running


@pytest.mark.pattern("E14", how="PostgreSQL, HTTP server, SMTP server")
def test_a_day_that_does_not_add_up_reaches_neither_dashboard_nor_mailbox(
    world: World, run_dag: Callable[..., Run]
) -> None:
    world.deliver(*GOOD, "t5,unknown,desk,1,24900")  # Spark's join drops it
    run = run_dag(DAG, RUN)
    assert run.state("publish.adds_up") == "failed"
    assert world.told() == ["publish.adds_up"]
    assert (world.web.asked("POST /refreshes"), world.mail.messages) == ([], [])


@pytest.mark.pattern("E14", how="PostgreSQL, HTTP server, SMTP server")
def test_one_wrong_row_in_twenty_is_counted_and_more_are_refused(world: World, run_dag: Callable[..., Run]) -> None:
    many = [f"x{number},c1,lamp,1,1950" for number in range(19)]
    world.deliver(*many, "t5,c1,lamp,none,1950")
    assert run_dag(DAG, RUN).xcom("transactions.load_transactions") == {"loaded": 19, "rejected": 1}
    world.deliver(*many[1:], "t5,c1,lamp,none,1950", "t6,c1,lamp,0,1950")
    refused = run_dag(DAG, RUN)
    assert refused.state == "failed"
    assert refused.errors["transactions.load_transactions"].message.startswith(
        "2 rows rejected, first line 20: invalid literal"
    )


@pytest.mark.pattern("E14", how="PostgreSQL, HTTP server, SMTP server")
def test_a_report_that_cannot_be_mailed_does_not_take_the_dashboards_back(
    world: World, run_dag: Callable[..., Run]
) -> None:
    world.mail.refusal = "451 later"
    run = run_dag(DAG, RUN)
    assert (run.state("send_report"), run.state("refresh_dashboards")) == ("failed", "success")
    assert len(world.facts()) == 2
    assert world.told() == ["send_report"]
