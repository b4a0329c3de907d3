"""The TechCorp showcase, whole: from its configuration to the report of the morning."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import Mailbox, smtp_server

from dagcheck.assertions import assert_dependencies, assert_task

if TYPE_CHECKING:
    from dagcheck.hooks.generic import MockHook
    from dagcheck.running.result import Run

DAY = "2024-03-05"
RUNS = {"techcorp_crm": f"{DAY} 04:00", "techcorp_billing": f"{DAY} 04:30", "techcorp_product_events": f"{DAY} 05:00"}
REPORT = f"{DAY} 08:00"


class World:
    """The landing zone, the warehouse, Slack and a mailbox."""

    def __init__(self, folder: Path, mail: Mailbox, slack: MockHook) -> None:
        self.folder, self.mail, self.slack = folder, mail, slack

    def deliver(self, source: str, header: str, lines: list[str]) -> Path:
        path = self.folder / "landing" / source / f"{DAY}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return path

    def deliver_crm(self, count: int = 40, bad: int = 0) -> Path:
        rows = [f"a{n},{'' if n < bad else f'p{n}@example.com'},basic" for n in range(count)]
        return self.deliver("crm", "account_id,email,plan", rows)

    def deliver_billing(self, bad: int = 0) -> Path:
        rows = [f"i{n},a{n},{'' if n < bad else 900}" for n in range(25)]
        return self.deliver("billing", "invoice_id,account_id,cents", rows)

    def deliver_events(self, count: int = 2_300) -> Path:
        return self.deliver("events", "event_id,account_id,action", [f"e{n},a{n % 40},login" for n in range(count)])

    def rows(self, source: str) -> list[dict[str, str]]:
        with closing(sqlite3.connect(self.folder / "store" / "warehouse.sqlite")) as connection:
            found = connection.execute("SELECT data FROM techcorp_rows WHERE source = ? ORDER BY id", (source,))
            return [json.loads(data) for (data,) in found]

    def told(self) -> list[str]:
        return [str(call.arguments["text"]) for call in self.slack.calls_of("send")]

    def report(self) -> str:
        return str(self.mail.messages[-1].get_body(("html",)).get_content())  # type: ignore[union-attr]


@pytest.fixture
def world(
    tmp_path: Path, mock_hook: Callable[[type], MockHook], airflow_connections: Any, airflow_variables: Any
) -> Iterator[World]:
    from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook

    slack = mock_hook(SlackWebhookHook).answer("send", None)
    airflow_variables.set(reference_store=str(tmp_path / "store"), techcorp_mask_secret="pepper")  # noqa: S106 - a test's
    with smtp_server() as mail:
        airflow_connections.set(
            techcorp_landing={"conn_type": "fs", "extra": {"path": str(tmp_path / "landing")}},
            smtp_default={"conn_type": "smtp", "host": "127.0.0.1", "port": mail.port,
                          "extra": {"disable_ssl": True, "disable_tls": True, "retry_limit": 1}},
        )  # fmt: skip
        yield World(tmp_path, mail, slack)


@pytest.fixture(scope="module")
def platform(module_of: Callable[[str], ModuleType]) -> ModuleType:
    return module_of("techcorp_report")


@pytest.mark.pattern("D15", how="SMTP server")
def test_from_the_configuration_to_the_report(
    world: World, platform: ModuleType, dagbag: Any, same_with_airflow: Callable[..., Run]
) -> None:
    configured = {f"techcorp_{source.name}" for source in platform.SOURCES}
    assert {dag_id for dag_id in dagbag.dag_ids if dag_id.startswith("techcorp_")} == {*configured, "techcorp_report"}
    assert configured == set(RUNS)
    world.deliver_crm(bad=0)
    world.deliver_billing()
    world.deliver_events()

    runs = {dag_id: same_with_airflow(dag_id, when) for dag_id, when in RUNS.items()}
    assert all(run.success for run in runs.values())
    assert {dag_id: run.choices["choose_route"] for dag_id, run in runs.items()} == {
        "techcorp_crm": ("small.whole",),
        "techcorp_billing": ("small.whole",),
        "techcorp_product_events": ("large.split",),
    }
    assert {dag_id: run.xcom("load") for dag_id, run in runs.items()} == {
        "techcorp_crm": 40, "techcorp_billing": 25, "techcorp_product_events": 2_300,
    }  # fmt: skip
    assert len(runs["techcorp_product_events"].xcom("large.process_chunk")) == 5
    assert [event.uri for event in runs["techcorp_crm"].asset_events] == ["x-techcorp://warehouse/crm"]
    assert {len(row["email"]) for row in world.rows("crm")} == {16}  # masked, and no two alike
    assert len({row["email"] for row in world.rows("crm")}) == 40

    report = same_with_airflow("techcorp_report", REPORT)
    assert report.success
    assert world.mail.messages[0]["Subject"] == f"Data of {DAY}"
    for line in ("crm: loaded, 40 rows, 0 rejected", "product_events: loaded, 2300 rows, 0 rejected"):
        assert f"<li>{line}</li>" in world.report()
    assert "To look after" not in world.report()
    assert world.told() == []


@pytest.mark.pattern("D15", how="SMTP server")
def test_a_bad_day_is_quarantined_told_at_once_and_told_again_in_the_morning(
    world: World, run_dag: Callable[..., Run]
) -> None:
    world.deliver_crm()
    world.deliver_billing(bad=1)
    assert run_dag("techcorp_crm", RUNS["techcorp_crm"]).success
    bad = run_dag("techcorp_billing", RUNS["techcorp_billing"])
    assert (bad.state("quarantine"), bad.state("load")) == ("failed", "upstream_failed")
    assert len(bad.tries["quarantine"]) == 1  # trying again would not make it better
    assert world.rows("billing") == []
    (told,) = world.told()
    assert "*Task*: quarantine" in told
    assert "1 of 25 rows" in told

    report = run_dag("techcorp_report", REPORT)
    assert (report.state("send_report"), report.state("require_all")) == ("success", "failed")
    assert "<li>billing: quarantined, 25 rows, 1 rejected</li>" in world.report()
    assert "To look after: product_events is missing" in world.report()
    assert "To look after: crm" not in world.report()
    assert "billing is quarantined; product_events is missing" in world.told()[-1]


@pytest.mark.pattern("D15")
@pytest.mark.parametrize("fault", ["absent", "too small", "old"])
def test_a_file_that_is_not_there_or_not_valid_is_waited_for_and_told_in_time(
    world: World, run_dag: Callable[..., Run], fault: str
) -> None:
    if fault == "too small":
        world.deliver_events(3)
    elif fault == "old":
        os.utime(world.deliver_events(), (1_500_000_000, 1_500_000_000))
    run = run_dag("techcorp_product_events", RUNS["techcorp_product_events"])
    tries = run.tries["wait_for_file"]
    assert run.state("wait_for_file") == "failed"
    assert 4 * 3_600 <= (tries[-1].end - tries[0].start).total_seconds() <= 4 * 3_600 + 600
    assert len(tries) > 40  # each gave its worker back
    assert ["*Task*: wait_for_file" in text for text in world.told()] == [True]


@pytest.mark.pattern("D15")
def test_a_day_without_rows_is_loaded_as_such_and_a_corrected_file_replaces_the_day(
    world: World, run_dag: Callable[..., Run]
) -> None:
    world.deliver_crm(count=0)
    empty = run_dag("techcorp_crm", RUNS["techcorp_crm"])
    assert (empty.choices["choose_route"], empty.xcom("load")) == (("nothing_to_do",), 0)
    world.deliver_crm(count=60, bad=1)
    assert run_dag("techcorp_crm", RUNS["techcorp_crm"]).xcom("load") == 59
    world.deliver_crm(count=50)
    assert run_dag("techcorp_crm", RUNS["techcorp_crm"]).xcom("load") == 50
    assert len(world.rows("crm")) == 50


@pytest.mark.pattern("D15")
@settings(deadline=None)
@given(rows=st.integers(0, 3_000), share=st.floats(0, 1))
def test_quality_goes_before_volume(platform: ModuleType, rows: int, share: float) -> None:
    source = next(one for one in platform.SOURCES if one.name == "product_events")
    rejected = int(rows * share)
    expected = (
        "nothing_to_do" if rows == 0
        else "quarantine" if rejected / rows > 0.05
        else "large.split" if rows > 1_000
        else "small.whole"
    )  # fmt: skip
    assert platform.route(source, rows, rejected) == expected


@pytest.mark.pattern("D15")
def test_an_entry_that_is_not_valid_is_named_and_costs_itself_alone(platform: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    good: dict[str, Any] = {
        "name": "crm",
        "description": "d",
        "schedule": "0 2 * * *",
        "file": "crm/{day}.csv",
        "key": "id",
    }
    good |= {"required": ["id"]}
    bad = [
        {**good, "name": "Bad Name"},
        {**good, "name": "late", "schedule": "daily", "most_rejected": 2},
        {**good, "name": "odd", "retries": 3},
        {**good, "name": "keyless", "required": ["email"]},
        good,
    ]
    file.write_text(json.dumps({"sources": [good, *bad]}), encoding="utf-8")
    sources, problems = platform.load_sources(file)
    assert [source.name for source in sources] == ["crm"]
    assert [problem.partition(": ")[2].partition(":")[0] for problem in problems] == [
        "sources[1].name", "sources[2].schedule", "sources[2].most_rejected", "sources[3].retries", "sources[4].",
        "sources[5].name",
    ]  # fmt: skip


@pytest.mark.pattern("D15", how="SMTP server")
def test_an_entry_that_is_not_valid_makes_the_report_red(
    world: World, platform: ModuleType, run_dag: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    for deliver, dag_id in ((world.deliver_crm, "techcorp_crm"), (world.deliver_billing, "techcorp_billing"),
                            (world.deliver_events, "techcorp_product_events")):  # fmt: skip
        deliver()
        assert run_dag(dag_id, RUNS[dag_id]).success
    monkeypatch.setattr(platform, "PROBLEMS", ["techcorp_sources.yaml: sources[3].schedule: String <should> match"])
    run = run_dag(platform.techcorp_report(), REPORT)
    assert run.state("require_all") == "failed"
    assert "To look after: techcorp_sources.yaml: sources[3].schedule: String &lt;should&gt; match" in world.report()


@pytest.mark.pattern("D15")
@pytest.mark.parametrize("dag_id", RUNS)
def test_every_source_has_the_same_shape_and_its_own_resources(dag_id: str) -> None:
    assert_dependencies(
        dag_id,
        """
        wait_for_file >> profile >> choose_route >> [small, large, nothing_to_do, quarantine] >> load
        profile >> [small, large, quarantine, load]
        small.whole >> small.process
        large.split >> large.process_chunk
        """,
    )
    assert_task(dag_id, "small.process", pool="standard_processing")
    assert_task(dag_id, "large.process_chunk", pool="large_processing")
    assert_task(dag_id, "load", priority_weight=10 if dag_id == "techcorp_billing" else 1)
