"""Circuit breakers: any sequence of answers, waits and deaths, against a model of what a circuit should do."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from http_answers import response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from common.circuit import Circuit, CircuitOpenError, circuit
from dagcheck import run_dag
from dagcheck.hooks.generic import MockHook
from dagcheck.stores import Variables, airflow_variables

START = datetime(2024, 1, 1, tzinfo=timezone.utc)
RECOVERY = timedelta(minutes=30)
THRESHOLD = 3
DAY = "2024-03-05"
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


class Model:
    """What a circuit should do, kept as a history instead of as a state: failures since the last success, openings."""

    def __init__(self, threshold: int, recovery: timedelta) -> None:
        self.threshold, self.recovery = threshold, recovery
        self.failures = 0
        self.opened: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.opened is not None and now < self.opened + self.recovery

    def died(self, now: datetime) -> None:
        """Nobody learnt how the call ended; a probe had opened the circuit anew before it called."""
        if self.opened is not None:
            self.opened = now

    def failed(self, now: datetime) -> None:
        self.failures += 1
        if self.opened is not None or self.failures >= self.threshold:
            self.opened = now

    def succeeded(self) -> None:
        self.failures, self.opened = 0, None


class CircuitMachine(RuleBasedStateMachine):
    """The circuit in its Variable; the process may die before the call, in it, and before the last write."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(airflow_variables())
        self.clock = self.stack.enter_context(time_machine.travel(START, tick=False))
        self.model = Model(THRESHOLD, RECOVERY)

    def teardown(self) -> None:
        self.stack.close()

    @rule(minutes=st.integers(0, 45))
    def wait(self, minutes: int) -> None:
        self.clock.shift(timedelta(minutes=minutes))

    @rule(works=st.booleans(), dies=st.sampled_from(["never", "first write", "call", "last write"]))
    def call(self, works: bool, dies: str) -> None:  # noqa: FBT001 - Hypothesis names its arguments
        now = datetime.now(timezone.utc)
        was_open, probes = self.model.is_open(now), self.model.opened is not None
        ended, called = _ended(works=works, dies_at=_writes(dies, probes=probes), in_call=dies == "call")
        assert called == (not was_open and not (dies == "first write" and probes))
        if was_open:
            assert ended == "open"
        elif ended == "died":
            if called:
                self.model.died(now)
        elif works:
            assert ended == "success"
            self.model.succeeded()
        else:
            assert ended == "failure"
            self.model.failed(now)

    @invariant()
    def a_circuit_that_is_open_will_close(self) -> None:
        """Whatever happened: after the recovery time a call is made, and its success closes the circuit."""
        if self.model.opened is None:
            return
        from common.compat import Variable

        stored = Circuit.from_json(Variable.get("circuit"))
        during = stored.before_call(datetime.now(timezone.utc) + RECOVERY, RECOVERY)
        assert during.opened_at is not None


def _writes(dies: str, *, probes: bool) -> int | None:
    """Which write of the Variable the process does not survive."""
    if dies == "first write":
        return 1 if probes else None
    return (2 if probes else 1) if dies == "last write" else None


def _ended(*, works: bool, dies_at: int | None, in_call: bool) -> tuple[str, bool]:
    """Call once; return how it ended, and whether the call was made."""
    from common.compat import Variable

    real, writes, called = Variable.set, 0, False

    def dying(*arguments: Any, **named: Any) -> None:
        nonlocal writes
        writes += 1
        if writes == dies_at:
            raise SystemExit
        real(*arguments, **named)

    with patch.object(Variable, "set", dying):
        try:
            with circuit("circuit", threshold=THRESHOLD, recovery=RECOVERY):
                called = True
                _serve(works=works, dies=in_call)
        except CircuitOpenError:
            return "open", called
        except ConnectionError:
            return "failure", called
        except SystemExit:
            return "died", called
    return "success", called


def _serve(*, works: bool, dies: bool) -> None:
    if dies:
        raise SystemExit
    if not works:
        raise ConnectionError


@pytest.mark.pattern("A7")
def test_a_circuit_does_what_the_model_does_whatever_happens(dagbag: Any) -> None:
    assert "circuit_breaker" in dagbag
    run_state_machine_as_test(CircuitMachine, settings=settings(max_examples=60, stateful_step_count=25, deadline=None))


@pytest.mark.pattern("A7", "D14")
@PATIENT
@given(failures=st.integers(0, 10**6), opened_at=st.none() | st.datetimes(timezones=ZONES))
def test_a_state_is_read_as_it_was_written(failures: int, opened_at: datetime | None) -> None:
    state = Circuit(failures, opened_at)
    assert Circuit.from_json(state.to_json()) == state


@pytest.mark.pattern("A7", "D14")
@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "7", '{"failures": 9}', '{"failures": "many", "opened_at": null}',
     '{"failures": 3, "opened_at": "2024-01-01T00:00:00"}', '{"failures": 3, "opened_at": "yesterday"}'],
)  # fmt: skip
def test_a_state_that_nobody_can_read_is_told_and_counts_as_closed(text: str) -> None:
    with patch("common.circuit.log") as log:
        assert Circuit.from_json(text) == Circuit()
    assert log.warning.call_args.args[1] == text


# the DAG of A7


def _open_since(minutes: int, before: str = "2024-03-06T03:00:00+00:00") -> str:
    """The state of a circuit that was opened so long before the run of DAY starts (4 o'clock in Amsterdam)."""
    return Circuit(3, datetime.fromisoformat(before) - timedelta(minutes=minutes)).to_json()


@pytest.mark.pattern("A7")
def test_three_failures_open_the_circuit_of_the_dag(api: MockHook, airflow_variables: Variables) -> None:
    api.answer("run", ConnectionError("down"))
    run = run_dag("circuit_breaker", DAY)
    assert (len(api.calls), run.state("fetch_settlements")) == (3, "failed")
    stored = json.loads(airflow_variables["circuit_payment_service"])
    assert stored["failures"] == 3
    assert datetime.fromisoformat(stored["opened_at"]) >= run.tries["fetch_settlements"][-1].start


@pytest.mark.pattern("A7")
def test_while_the_circuit_is_open_no_call_is_made(api: MockHook, airflow_variables: Variables) -> None:
    airflow_variables.set(circuit_payment_service=_open_since(9))  # the last try is 29 minutes after that
    run = run_dag("circuit_breaker", DAY)
    api.assert_not_called()
    assert len(run.tries["fetch_settlements"]) == 3
    assert run.errors["fetch_settlements"].type == "common.circuit.CircuitOpenError"
    assert run.states == {"fetch_settlements": "failed", "add_up": "upstream_failed"}
    assert airflow_variables.written == {}


@pytest.mark.pattern("A7")
def test_after_the_recovery_time_one_probe_closes_it(api: MockHook, airflow_variables: Variables) -> None:
    airflow_variables.set(circuit_payment_service=_open_since(15))
    api.answer("run", response([{"cents": 250}, {"cents": 50}]), endpoint=f"settlements/{DAY}")
    run = run_dag("circuit_breaker", DAY)
    assert [attempt.state for attempt in run.tries["fetch_settlements"]] == ["up_for_retry", "up_for_retry", "success"]
    assert len(api.calls) == 1
    assert run.xcom("add_up") == 300
    assert Circuit.from_json(airflow_variables["circuit_payment_service"]) == Circuit()


@pytest.mark.pattern("A7")
def test_a_failed_probe_opens_it_for_as_long_again(api: MockHook, airflow_variables: Variables) -> None:
    airflow_variables.set(circuit_payment_service=_open_since(31))
    api.answer("run", ConnectionError("still down"))
    run = run_dag("circuit_breaker", DAY)
    assert len(api.calls) == 1  # the retries fall into the time for which the probe opened it again
    assert [attempt.error and attempt.error.type for attempt in run.tries["fetch_settlements"]] == [
        "ConnectionError", "common.circuit.CircuitOpenError", "common.circuit.CircuitOpenError",
    ]  # fmt: skip


@pytest.mark.pattern("A7")
def test_circuit_breaker_ends_as_with_airflow(api: MockHook, same_with_airflow: Callable[..., Any]) -> None:
    api.answer("run", response([{"cents": 250}]))
    assert same_with_airflow("circuit_breaker", DAY).xcom("add_up") == 250


# D14


class OperatorMachine(RuleBasedStateMachine):
    """Runs of a DAG with one such operator, every five minutes or less often, against the model."""

    dag: Any
    script: list[str]  # what the service does next

    def __init__(self) -> None:
        super().__init__()
        self.variables = ExitStack()
        self.variables.enter_context(airflow_variables())
        self.model = Model(2, timedelta(minutes=12))
        self.now = START

    def teardown(self) -> None:
        self.variables.close()

    @rule(periods=st.integers(1, 4), does=st.sampled_from(["answers", "fails", "fails", "dies"]))
    def run(self, periods: int, does: str) -> None:
        self.now += timedelta(minutes=5 * periods)
        was_open = self.model.is_open(self.now)
        self.script[:] = [does]
        run = run_dag(self.dag, self.now)
        called = not self.script
        assert called == (not was_open)
        if was_open:
            assert run.errors["guarded"].type == "common.circuit.CircuitOpenError"
        elif does == "answers":
            assert run.xcom("guarded") == "answers"
            self.model.succeeded()
        elif does == "fails":
            assert run.errors["guarded"].type == "ConnectionError"
            self.model.failed(self.now)
        else:
            assert run.state == "failed"
            self.model.died(self.now)


@pytest.mark.pattern("D14")
def test_the_operator_does_what_the_model_does_whatever_happens(dag_maker: Any) -> None:
    from airflow.timetables.trigger import CronTriggerTimetable

    from common.operators.circuit_breaker import CircuitBreakerOperator

    script: list[str] = []

    def service() -> str:
        does = script.pop()
        if does == "answers":
            return does
        raise ConnectionError(does) if does == "fails" else SystemExit(1)

    with dag_maker("guarded", schedule=CronTriggerTimetable("*/5 * * * *", timezone="UTC")) as dag:
        CircuitBreakerOperator(
            task_id="guarded", python_callable=service, failure_threshold=2, recovery_timeout=timedelta(minutes=12)
        )
    machine = type("OperatorMachineOfTest", (OperatorMachine,), {"dag": dag, "script": script})
    run_state_machine_as_test(machine, settings=settings(max_examples=12, stateful_step_count=12, deadline=None))


@pytest.mark.pattern("D14")
def test_tasks_that_share_a_circuit_spare_the_service_together(api: MockHook, airflow_variables: Variables) -> None:
    api.answer("run", ConnectionError("down"))
    run = run_dag("circuit_breaker_operator", DAY)
    assert len(api.calls) == 2  # two failures open it, whoever had them
    assert airflow_variables.written.keys() == {"circuit_stock_service"}
    assert run.states == {"stock_north": "failed", "stock_south": "failed", "total": "upstream_failed"}


@pytest.mark.pattern("D14")
def test_a_circuit_without_a_name_of_its_own_is_that_of_the_task(dag_maker: Any, airflow_variables: Variables) -> None:
    from common.operators.circuit_breaker import CircuitBreakerOperator

    with dag_maker("own", schedule="@daily") as dag:
        CircuitBreakerOperator(task_id="fails", python_callable=lambda: 1 / 0)
    run_dag(dag, "2024-01-02")
    assert airflow_variables.written.keys() == {"circuit_own_fails"}


@pytest.mark.pattern("D14")
def test_a_threshold_of_nothing_is_refused_while_the_file_is_parsed(dag_maker: Any) -> None:
    from common.operators.circuit_breaker import CircuitBreakerOperator

    with dag_maker("refused"), pytest.raises(ValueError, match="failure_threshold is 0"):
        CircuitBreakerOperator(task_id="fails", python_callable=print, failure_threshold=0)


@pytest.mark.pattern("D14")
def test_circuit_breaker_operator_ends_as_with_airflow(api: MockHook, same_with_airflow: Callable[..., Any]) -> None:
    api.answer("run", response({"items": 7}), endpoint="stock/north")
    api.answer("run", response({"items": 5}), endpoint="stock/south")
    assert same_with_airflow("circuit_breaker_operator", DAY).xcom("total") == 12
