"""Alerts: they arrive, once, and whatever becomes of them hides nothing."""

from __future__ import annotations

import asyncio
import importlib.metadata
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from loopback import Mailbox, smtp_server

from common.shop import REGIONS
from dagcheck import Fails, run_dag
from dagcheck.dates import run_dates

if TYPE_CHECKING:
    from dagcheck.hooks.generic import MockHook
    from dagcheck.stores import Connections

DAY = "2024-03-05"
AIRFLOW = tuple(int(part) for part in importlib.metadata.version("apache-airflow").split(".")[:2])
DOWN = {"check_revenue": Fails(ValueError("the day brought in 0 cents"))}


# A11


@pytest.mark.pattern("A11")
def test_a_failed_task_is_told_once_after_its_retries(slack: MockHook) -> None:
    slack.answer("send", None)
    run = run_dag("slack_alert", DAY, outcomes={"count_orders[1]": Fails(ValueError("no orders"))})
    assert len(run.tries["count_orders[1]"]) == 2
    lines = dict(
        line.strip("*").split("*: ", 1) for line in slack.assert_called("send").arguments["text"].splitlines()[1:]
    )
    assert lines.pop("Log").startswith("http")
    assert lines == {
        "DAG": "slack_alert", "Task": "count_orders[1]", "Date": "2024-03-05T00:35:00+00:00",
        "Error": "ValueError: no orders",
    }  # fmt: skip


@pytest.mark.pattern("A11")
def test_the_log_is_that_of_the_task(slack: MockHook) -> None:
    slack.answer("send", None)
    run_dag("slack_alert", DAY, outcomes={"count_orders[1]": Fails(ValueError("no orders"))})
    url = slack.assert_called("send").arguments["text"].rpartition("*Log*: ")[2]
    assert "slack_alert" in url
    assert "count_orders" in url


@pytest.mark.pattern("A11")
def test_an_alert_that_fails_does_not_hide_the_tasks_own_error(slack: MockHook) -> None:
    slack.answer("send", ConnectionError("Slack is down"))
    run = run_dag("slack_alert", DAY, outcomes={"count_orders[0]": Fails(ValueError("no orders"))})
    assert {key: (error.type, error.message) for key, error in run.errors.items()} == {
        "count_orders[0]": ("ValueError", "no orders")
    }
    assert run.states["count_orders[1]"] == "success"
    assert len(slack.calls) == 1


@pytest.mark.pattern("A11")
def test_a_run_without_a_logical_date_is_told_by_its_id() -> None:
    from types import SimpleNamespace

    from common.notifiers.slack import failure_text

    ti = SimpleNamespace(dag_id="d", task_id="t", map_index=-1, try_number=1, log_url="http://log")
    text = failure_text({"ti": ti, "run_id": "asset_triggered__x", "exception": ValueError("gone")})
    assert "*Date*: asset_triggered__x" in text


@pytest.mark.pattern("A11")
def test_the_old_argument_of_the_webhook_is_refused(dag_maker: Any) -> None:
    from airflow.providers.slack.operators.slack_webhook import SlackWebhookOperator

    with dag_maker("old"), pytest.raises(Exception, match="http_conn_id"):
        SlackWebhookOperator(task_id="alert", http_conn_id="slack", slack_webhook_conn_id="slack", message="down")


@pytest.mark.pattern("A11")
def test_slack_alert_ends_as_with_airflow(slack: MockHook, same_with_airflow: Callable[..., Any]) -> None:
    run = same_with_airflow("slack_alert", DAY)
    assert len(run.xcom("count_orders")) == len(REGIONS)
    slack.assert_not_called()


# C6


@pytest.fixture
def mailbox(airflow_connections: Connections) -> Iterator[Mailbox]:
    with smtp_server() as box:
        extra = {"disable_ssl": True, "disable_tls": True, "retry_limit": 1, "from_email": "airflow@shop.example.com"}
        airflow_connections.set(
            smtp_default={"conn_type": "smtp", "host": "127.0.0.1", "port": box.port, "extra": extra}
        )
        yield box


@pytest.mark.pattern("C6", how="SMTP server")
def test_the_alert_reaches_both_channels(mailbox: Mailbox, slack: MockHook) -> None:
    slack.answer("send", None)
    run = run_dag("alert_channels", DAY, outcomes=DOWN)
    assert run.xcom("alert") == ["email", "slack"]
    (mail,) = mailbox.messages
    assert (mail["To"], mail["From"]) == ("finance@shop.example.com", "airflow@shop.example.com")
    assert mail["Subject"] == "alert_channels failed on 2024-03-05"
    body = mail.get_body()
    assert body is not None
    assert f"Run: {run.rendered['alert']['message'].rpartition(' ')[2]}" in body.get_content()
    text = slack.assert_called("send").arguments["text"]
    assert text.startswith("*alert_channels failed on 2024-03-05*\nThe revenue of the day is not plausible.")


@pytest.mark.pattern("C6", how="SMTP server")
def test_a_mail_server_that_refuses_does_not_stop_slack(mailbox: Mailbox, slack: MockHook) -> None:
    mailbox.refusal = "554 no more mail today"
    slack.answer("send", None)
    run = run_dag("alert_channels", DAY, outcomes=DOWN)
    assert mailbox.messages == []
    slack.assert_called("send")
    assert len(run.tries["alert"]) == 1  # a second try would tell Slack twice
    assert "not told by email" in run.errors["alert"].message
    assert "slack" not in run.errors["alert"].message


@pytest.mark.pattern("C6", how="SMTP server")
def test_slack_that_is_down_does_not_stop_the_mail(mailbox: Mailbox, slack: MockHook) -> None:
    slack.answer("send", ConnectionError("Slack is down"))
    run = run_dag("alert_channels", DAY, outcomes=DOWN)
    assert len(mailbox.messages) == 1
    assert run.errors["alert"].message == "not told by slack: ConnectionError: Slack is down"


@pytest.mark.pattern("C6", how="SMTP server")
def test_when_nobody_was_told_the_alert_is_tried_again(mailbox: Mailbox, slack: MockHook) -> None:
    mailbox.refusal = "554 no more mail today"
    slack.answer("send", None).answer("send", ConnectionError("Slack is down"), times=1)
    run = run_dag("alert_channels", DAY, outcomes=DOWN)
    assert [one.state for one in run.tries["alert"]] == ["up_for_retry", "failed"]
    assert len(slack.calls) == 2


@pytest.mark.pattern("C6")
@pytest.mark.parametrize(
    ("channels", "to", "told"),
    [
        (["email", "pager"], ["a@example.com"], "valid: a list of email, slack"),
        (["Slack"], [], "valid: a list of email, slack"),
        ([], [], "valid: a list of email, slack"),
        ("slack", [], "valid: a list of email, slack"),
        (["email"], [], "needs addresses"),
    ],
)
def test_a_channel_that_there_is_not_is_refused_while_the_file_is_parsed(
    dag_maker: Any, channels: Any, to: list[str], told: str
) -> None:
    from common.operators.alert import AlertOperator

    with dag_maker("refused"), pytest.raises(ValueError, match=told):
        AlertOperator(task_id="alert", channels=channels, to=to, subject="s", message="m")


@pytest.mark.pattern("C6")
def test_nobody_is_told_on_a_good_day(slack: MockHook, same_with_airflow: Callable[..., Any]) -> None:
    run = same_with_airflow("alert_channels", DAY)
    assert run.states == {"check_revenue": "success", "alert": "skipped"}
    slack.assert_not_called()


# E10


@pytest.mark.pattern("E10")
def test_each_version_has_its_own_way_of_telling_that_a_run_is_late(dagbag: Any) -> None:
    assert ("sla_miss" in dagbag.dag_ids, "deadline_alert" in dagbag.dag_ids) == (AIRFLOW < (3, 0), AIRFLOW >= (3, 1))


@pytest.mark.pattern("E10")
def test_a_run_that_is_late_is_told_to_slack(slack: MockHook) -> None:
    from common.notifiers.deadline import tell_run_is_late

    slack.answer("send", None)
    asyncio.run(tell_run_is_late("deadline_alert", "2:00:00", {"dag_run": {"dag_run_id": "scheduled__1"}}))
    asyncio.run(tell_run_is_late("deadline_alert", "2:00:00"))
    first, second = (call.arguments["text"] for call in slack.calls)
    assert first == ":hourglass: deadline_alert is not done within 2:00:00\n*Run*: scheduled__1"
    assert second.endswith("*Run*: unknown")


if AIRFLOW >= (3, 1):

    @pytest.mark.pattern("E10", how="the triggerer's trigger")
    def test_the_callback_of_the_deadline_is_one_that_the_triggerer_can_call(dagbag: Any, slack: MockHook) -> None:
        try:
            from airflow.triggers.callback import CallbackTrigger
        except ImportError:  # 3.1
            from airflow.triggers.deadline import DeadlineCallbackTrigger as CallbackTrigger

        slack.answer("send", None)
        deadline = dagbag["deadline_alert"].deadline
        (alert,) = deadline if isinstance(deadline, (list, tuple)) else [deadline]
        assert (type(alert.reference).__name__, alert.interval) == ("DagRunQueuedAtDeadline", timedelta(hours=2))

        async def events() -> list[Any]:
            trigger = CallbackTrigger(alert.callback.path, dict(alert.callback.kwargs))
            return [event.payload async for event in trigger.run()]

        assert "success" in str(asyncio.run(events())[-1]).lower()
        assert "deadline_alert is not done within 2:00:00" in slack.assert_called("send").arguments["text"]

    @pytest.mark.pattern("E10")
    def test_a_run_with_a_deadline_is_a_run_like_any_other() -> None:
        # not by dag.test(): at its end that of 3.3 takes the definition of the deadline for the id of its row
        assert run_dag("deadline_alert", DAY).xcom("close_the_day") > 0


if AIRFLOW < (3, 0):

    @pytest.mark.pattern("E10")
    def test_the_sla_stands_on_the_task_and_its_callback_on_the_dag(dagbag: Any, slack: MockHook) -> None:
        from types import SimpleNamespace

        slack.answer("send", None)
        dag = dagbag["sla_miss"]
        assert dag.get_task("close_the_day").sla == timedelta(hours=2)
        slas = [SimpleNamespace(task_id="close_the_day", execution_date="2024-03-05")]
        dag.sla_miss_callback(dag, "close_the_day on 2024-03-05", "", slas, [])
        text = slack.assert_called("send").arguments["text"]
        assert text.startswith(":hourglass: sla_miss is late\n*Runs*: 2024-03-05")

    @pytest.mark.pattern("E10", how="Airflow's own look at SLAs")
    def test_airflow_finds_the_runs_that_are_late_and_calls_back(dagbag: Any, slack: MockHook) -> None:
        from types import SimpleNamespace

        import pendulum
        from airflow.dag_processing.processor import DagFileProcessor

        from dagcheck._airflow.dag_test_database import fresh_database
        from dagcheck._airflow.dag_test_template import template

        slack.answer("send", None)
        dag, now = dagbag["sla_miss"], datetime.now(timezone.utc)
        dates = run_dates(dag, f"{now - timedelta(days=6):%F}", f"{now:%F}")
        done, *later = [one.logical_date for one in dates if one.logical_date]
        bag = SimpleNamespace(get_dag=lambda _dag_id: dag)
        with fresh_database(template()), patch.object(DagFileProcessor, "_get_dagbag", return_value=bag):
            dag.test(execution_date=pendulum.instance(done))
            DagFileProcessor.manage_slas("", "sla_miss")
        text = slack.assert_called("send").arguments["text"]
        assert f"{later[1]:%F}" in text  # from the second one on: of the next run it says nothing
        assert f"{done:%F}" not in text
        assert f"{now + timedelta(days=1):%F}" not in text

    @pytest.mark.pattern("E10")
    def test_a_run_with_an_sla_ends_as_with_airflow(same_with_airflow: Callable[..., Any]) -> None:
        assert same_with_airflow("sla_miss", DAY).xcom("close_the_day") > 0
