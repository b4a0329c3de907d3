"""Retries, degradation, classes of errors and callbacks, on days when the world misbehaves."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from http_answers import response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagcheck import Fails, run_dag
from dagcheck.assertions import assert_dependencies, assert_task
from dagcheck.hooks.generic import MockHook

DAY = "2024-03-05"
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
RATES = {"USD": 1.09, "CHF": 0.95, "GBP": 0.86}


def _pauses(run: Any, task_id: str) -> list[timedelta]:
    return [after.start - before.end for before, after in pairwise(run.tries[task_id])]


# A5


@pytest.mark.pattern("A5")
def test_a_connection_error_is_retried_with_growing_pauses_up_to_the_cap(api: MockHook) -> None:
    api.answer("run", ConnectionError("down"))
    run = run_dag("retry_with_backoff", DAY)
    pauses = _pauses(run, "fetch_rates")
    assert [attempt.state for attempt in run.tries["fetch_rates"]] == [*["up_for_retry"] * 6, "failed"]
    assert timedelta(minutes=1) <= pauses[0] < pauses[1] < pauses[2] < pauses[3]
    assert pauses == sorted(pauses)
    assert pauses[-1] == max(pauses) == timedelta(minutes=10)
    assert run.states == {"fetch_rates": "failed", "dearest": "upstream_failed"}


@pytest.mark.pattern("A5")
def test_the_first_answer_ends_the_retries(api: MockHook) -> None:
    api.answer("run", response(RATES)).answer("run", ConnectionError("down"), times=2)
    run = run_dag("retry_with_backoff", DAY)
    assert len(run.tries["fetch_rates"]) == len(api.calls) == 3
    assert run.xcom("dearest") == "USD"


@pytest.mark.pattern("A5")
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (response(text="<html>down for maintenance</html>"), "the bank answered nonsense"),
        (response([1.09]), "got [1.09]"),
        (response({}), "got {}"),
        (response({"USD": "1.09"}), "the rate of USD"),
        (response({"USD": 1.09, "CHF": 0}), "the rate of CHF"),
    ],
    ids=["html", "list", "empty", "text", "zero"],
)
def test_bad_data_fails_at_once(api: MockHook, answer: Any, told: str) -> None:
    api.answer("run", answer)
    run = run_dag("retry_with_backoff", DAY)
    assert len(run.tries["fetch_rates"]) == len(api.calls) == 1
    assert run.state == "failed"
    assert told in run.errors["fetch_rates"].message
    assert run.errors["fetch_rates"].type.endswith("AirflowFailException")


@pytest.mark.pattern("A5")
def test_retry_with_backoff_ends_as_with_airflow(api: MockHook, same_with_airflow: Callable[..., Any]) -> None:
    api.answer("run", response(RATES), endpoint=f"rates/{DAY}")
    assert same_with_airflow("retry_with_backoff", DAY).xcom("fetch_rates") == RATES


# A6


@pytest.mark.pattern("A6")
def test_with_the_primary_source_the_secondary_is_skipped(same_with_airflow: Callable[..., Any]) -> None:
    run = same_with_airflow("graceful_degradation", DAY)
    assert run.states == {"primary": "success", "secondary": "skipped", "process": "success"}
    assert run.xcom("process")["source"] == "primary"
    assert run.xcom("process")["orders"] == len(run.xcom("primary")["orders"]) > 0


@pytest.mark.pattern("A6")
def test_when_the_primary_source_is_down_the_secondary_takes_over_once() -> None:
    run = run_dag("graceful_degradation", DAY, outcomes={"primary": Fails(ConnectionError("down"))})
    assert run.states == {"primary": "failed", "secondary": "success", "process": "success"}
    assert (run.state, run.xcom("process")["source"]) == ("success", "secondary")
    assert run.order.count("process") == 1
    assert len(run.tries["primary"]) == 3  # its retries come before the fallback
    assert run.tries["secondary"][0].start >= run.tries["primary"][-1].end


@pytest.mark.pattern("A6")
def test_a_primary_source_that_comes_back_in_time_is_used() -> None:
    run = run_dag("graceful_degradation", DAY, outcomes={"primary": Fails(ConnectionError("down"), times=2)})
    assert run.states == {"primary": "success", "secondary": "skipped", "process": "success"}
    assert run.xcom("process")["source"] == "primary"


@pytest.mark.pattern("A6")
def test_when_both_sources_are_down_the_run_fails() -> None:
    down = Fails(ConnectionError("down"))
    run = run_dag("graceful_degradation", DAY, outcomes={"primary": down, "secondary": down})
    assert run.states == {"primary": "failed", "secondary": "failed", "process": "upstream_failed"}
    assert run.state == "failed"


@pytest.mark.pattern("A6")
def test_the_sources_follow_each_other_and_meet_in_one_task() -> None:
    assert_dependencies("graceful_degradation", "primary >> [secondary, process]; secondary >> process")
    assert_task("graceful_degradation", "secondary", trigger_rule="all_failed")


# C11


def _http_error(status: int) -> Exception:
    import requests

    error: Exception = requests.HTTPError(f"status {status}", response=response(status=status))
    return error


@pytest.mark.pattern("C11")
@PATIENT
@given(status=st.integers(400, 599))
def test_of_statuses_only_those_that_may_heal_are_retried(status: int) -> None:
    from common.errors import verdict

    expected = "skip" if status == 404 else "retry" if status == 429 or status >= 500 else "fail"
    assert verdict(_http_error(status)) == expected


@pytest.mark.pattern("C11")
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConnectionError("reset"), "retry"),
        (TimeoutError("slow"), "retry"),
        (OSError("disk full"), "retry"),
        (RuntimeError("unforeseen"), "retry"),
        (ValueError("nonsense"), "fail"),
        (KeyError("returns"), "fail"),
        (TypeError("None"), "fail"),
        (PermissionError("not yours"), "fail"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else one,
)
def test_each_class_of_error_has_its_end(error: Exception, expected: str) -> None:
    from common.errors import verdict

    assert verdict(error) == expected


RETURNS = {"returns": [{"reason": "broken"}, {"reason": "too small"}, {"reason": "broken"}]}


@pytest.mark.pattern("C11")
@pytest.mark.parametrize(
    ("answer", "state", "tries"),
    [
        (ConnectionError("down"), "failed", 4),
        (response(status=503), "failed", 4),
        (response(status=403), "failed", 1),
        (response(text="<html>"), "failed", 1),
        (response({"parcels": []}), "failed", 1),
        (response(status=404), "skipped", 1),
    ],
    ids=["connection", "503", "403", "html", "other-key", "404"],
)
def test_a_task_ends_as_its_error_deserves(api: MockHook, tmp_path: Path, answer: Any, state: str, tries: int) -> None:
    api.answer("run", answer)
    run = run_dag("error_classes", DAY, variables={"reference_store": str(tmp_path)})
    assert (run.state("fetch_returns"), len(run.tries["fetch_returns"])) == (state, tries)
    assert run.state("count_by_reason") == ("skipped" if state == "skipped" else "upstream_failed")


@pytest.mark.pattern("C11")
def test_the_failure_callback_is_given_the_full_context(api: MockHook, tmp_path: Path) -> None:
    api.answer("run", response(status=403))
    run = run_dag("error_classes", DAY, variables={"reference_store": str(tmp_path)})
    with sqlite3.connect(tmp_path / "warehouse.sqlite") as connection:
        connection.row_factory = sqlite3.Row
        (row,) = [dict(one) for one in connection.execute("SELECT * FROM task_failures")]
    assert [call.error for call in run.callbacks] == [None]
    assert row | {"message": "", "log_url": "", "try_number": 0} == {
        "dag_id": "error_classes", "task_id": "fetch_returns", "map_index": -1, "run_id": row["run_id"],
        "logical_date": "2024-03-05T02:00:00+00:00", "try_number": 0, "error": "AirflowFailException",
        "message": "", "log_url": "",
    }  # fmt: skip
    assert row["run_id"].startswith("scheduled__2024-03-0")
    assert "403" in row["message"]
    assert "error_classes" in row["log_url"]
    assert "fetch_returns" in row["log_url"]


@pytest.mark.pattern("C11")
def test_a_retried_error_calls_the_failure_callback_once_at_the_end(api: MockHook, tmp_path: Path) -> None:
    api.answer("run", ConnectionError("down"))
    run = run_dag("error_classes", DAY, variables={"reference_store": str(tmp_path)})
    assert [call.kind for call in run.callbacks] == ["on_failure_callback"]


@pytest.mark.pattern("C11")
def test_changing_the_retries_in_a_failure_callback_changes_nothing(dag_maker: Any) -> None:
    from common.compat import task

    def hopeful(context: Any) -> None:
        context["ti"].max_tries = 5

    with dag_maker("hopeful", schedule="@daily") as dag:

        @task(on_failure_callback=hopeful)
        def down() -> None:
            raise ConnectionError("down")

        down()
    run = run_dag(dag, "2024-01-02")
    assert [call.error for call in run.callbacks] == [None]
    assert len(run.tries["down"]) == 1


@pytest.mark.pattern("C11")
def test_error_classes_ends_as_with_airflow(api: MockHook, same_with_airflow: Callable[..., Any]) -> None:
    api.answer("run", response(RETURNS))
    assert same_with_airflow("error_classes", DAY).xcom("count_by_reason") == {"broken": 2, "too small": 1}


# D13


@pytest.mark.pattern("D13")
def test_a_run_that_succeeds_says_so_once(slack: MockHook, same_with_airflow: Callable[..., Any]) -> None:
    slack.answer("send", None)
    run = same_with_airflow("run_callbacks", DAY)
    assert [(call.kind, call.task_id, call.error) for call in run.callbacks] == [("on_success_callback", None, None)]
    in_memory, with_airflow = (call.arguments["text"] for call in slack.calls_of("send"))
    assert with_airflow == in_memory
    assert in_memory.startswith(":large_green_circle: run_callbacks is done\n*Run*: scheduled__2024-03-0")


@pytest.mark.pattern("D13")
def test_a_task_that_fails_tells_what_where_when_and_why(slack: MockHook) -> None:
    slack.answer("send", None)
    run = run_dag("run_callbacks", DAY, outcomes={"by_region": Fails(KeyError("region"))})
    assert [(call.kind, call.task_id) for call in run.callbacks] == [("on_failure_callback", "by_region")]
    lines = slack.assert_called("send").arguments["text"].splitlines()
    assert lines[1:5] == [
        "*DAG*: run_callbacks", "*Task*: by_region", "*Date*: 2024-03-05T00:15:00+00:00",
        "*Error*: KeyError: 'region'",
    ]  # fmt: skip
    assert lines[5].startswith("*Log*: http")


@pytest.mark.pattern("D13")
def test_two_failures_are_told_each_with_its_own_text(slack: MockHook, dag_maker: Any) -> None:
    from common.compat import task
    from common.notifiers.slack import SlackFailureAlert

    slack.answer("send", None)
    with dag_maker("two", schedule="@daily", default_args={"on_failure_callback": SlackFailureAlert()}) as dag:

        @task
        def breaks(number: int) -> None:
            raise ValueError(number)

        breaks.expand(number=[1, 2])
    run_dag(dag, "2024-01-02")
    texts = [call.arguments["text"] for call in slack.calls_of("send")]
    assert ["breaks[0]" in texts[0], "breaks[1]" in texts[1], "ValueError: 2" in texts[1]] == [True] * 3


@pytest.mark.pattern("D13")
def test_in_default_args_the_success_callback_would_fire_per_task(dag_maker: Any) -> None:
    from common.compat import task

    fired: list[str] = []
    defaults = {"on_success_callback": lambda context: fired.append(context["ti"].task_id)}
    with dag_maker("per_task", schedule="@daily", default_args=defaults) as dag:

        @task
        def counts(number: int) -> int:
            return number

        counts.override(task_id="first")(1) >> counts.override(task_id="second")(2)
    run_dag(dag, "2024-01-02")
    assert fired == ["first", "second"]
