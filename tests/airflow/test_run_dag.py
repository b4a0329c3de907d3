"""What happens inside the tries of a run, in a process whose metadata DB is at a place that cannot exist."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

_COMMON = """
import datetime as dt, os, time
import pendulum
from airflow import DAG
from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.models import Variable
from airflow.models.param import Param
try:
    from airflow.sdk import Asset, BaseHook, BaseOperator, get_current_context, task, task_group
    from airflow.sdk.bases.sensor import BaseSensorOperator
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.sensors.date_time import DateTimeSensorAsync
except ImportError:
    try:
        from airflow.sdk import Asset, BaseOperator, get_current_context, task, task_group
        from airflow.sdk.bases.sensor import BaseSensorOperator
        from airflow.providers.standard.operators.bash import BashOperator
        from airflow.providers.standard.operators.empty import EmptyOperator
        from airflow.providers.standard.sensors.date_time import DateTimeSensorAsync
    except ImportError:
        from airflow.datasets import Dataset as Asset
        from airflow.decorators import task, task_group
        from airflow.models import BaseOperator
        from airflow.operators.bash import BashOperator
        from airflow.operators.empty import EmptyOperator
        from airflow.operators.python import get_current_context
        from airflow.sensors.base import BaseSensorOperator
        from airflow.sensors.date_time import DateTimeSensorAsync
    from airflow.hooks.base import BaseHook
START = pendulum.datetime(2024, 1, 1, tz="UTC")
fired = []
def note(name):
    def callback(context):
        ti = context["ti"]
        fired.append([name, ti.task_id, ti.try_number, type(context.get("exception")).__name__])
    callback.__name__ = name
    return callback
"""


def _run(body: str, expression: str, options: str = "", dag: str = "") -> Any:
    """Run a DAG of these tasks on 2024-01-01; tell the value of an expression over `run`, or the error."""
    from dagcheck import Defers, Fails, Returns, Skips, Succeeds, run_dag
    from dagcheck._airflow import metadata_db

    used: list[str] = []
    metadata_db.install(lambda: used.append("used"))
    names: dict[str, Any] = {
        "run_dag": run_dag, "Defers": Defers, "Fails": Fails, "Returns": Returns, "Skips": Skips, "Succeeds": Succeeds,
    }  # fmt: skip
    head = f'with DAG("orders", schedule="@daily", start_date=START, {dag}) as dag:\n'
    try:
        exec(_COMMON + head + textwrap.indent(textwrap.dedent(body), "    "), names)  # noqa: S102 -- text of this file
        names["run"] = eval(f"run_dag(dag, '2024-01-01', {options})", names)  # noqa: S307 -- text of this file
        value = eval(expression, names)  # noqa: S307 -- text of this file
    except Exception as error:  # noqa: BLE001 -- the tests look at it
        return {"error": type(error).__name__, "message": str(error)}
    return value if not used else {"used": used}


# Before 2.10 `ti.try_number` is that of the next try as soon as a task is not running any more.
AHEAD = 0 if at_least(2, 10) else 1
EXTRACT = """
@task(multiple_outputs=True)
def extract(ds=None):
    return {"rows": [1, 2, 3], "ds": ds}
@task
def load(rows):
    return sum(rows)
load(extract()["rows"])
"""


def test_taskflow_runs_and_passes_values_on(room: Room) -> None:
    assert room(_run, EXTRACT, "[run.xcom('load'), run.xcom('extract', key='ds'), run.state]") == [
        6, "2024-01-01", "success",
    ]  # fmt: skip


MAPPED = """
@task
def numbers(): return [1, 2, 3]
@task
def double(x): return x * 2
@task
def total(xs): return sum(xs)
total(double.expand(x=numbers()))
"""


def test_tasks_are_mapped_over_the_value_of_another(room: Room) -> None:
    assert room(_run, MAPPED, "[run.xcom('double'), run.xcom('total')]") == [[2, 4, 6], 12]


def test_zip_and_map_and_expand_kwargs_are_resolved(room: Room) -> None:
    body = """
    @task
    def a(): return [1, 2]
    @task
    def b(): return ["x", "y"]
    @task
    def pair(p): return [p[0], p[1]]
    @task
    def named(n, m): return f"{n}-{m}"
    pair.expand(p=a().zip(b()))
    named.override(task_id="kw").expand_kwargs(a().map(lambda n: {"n": n, "m": n + 1}))
    """
    assert room(_run, body, "[run.xcom('pair'), run.xcom('kw')]") == [[[1, "x"], [2, "y"]], ["1-2", "2-3"]]


def test_a_mapped_group_sees_its_own_values(room: Room) -> None:
    body = """
    @task
    def one(x): return x * 10
    @task
    def two(y): return y + 1
    @task
    def all_of(ys): return list(ys)
    @task_group
    def each(x): return two(one(x))
    all_of(each.expand(x=[1, 2, 3]))
    """
    assert room(_run, body, "run.xcom('all_of')") == [11, 21, 31]


def test_templates_are_rendered_with_macros_variables_connections_and_params(room: Room) -> None:
    body = """
    BashOperator(
        task_id="say",
        bash_command="echo {{ macros.ds_add(ds, 1) }} {{ var.value.country }} {{ conn.shop.host }} {{ params.rows }}",
    )
    """
    options = "variables={'country': 'de'}, connections={'shop': 'http://shop.example.com'}, params={'rows': 7}"
    command = "echo 2024-01-02 de shop.example.com 7"
    found = room(_run, body, "[run.rendered['say']['bash_command'], run.xcom('say')]", options, "params={'rows': 1}")
    assert found == [command, command.removeprefix("echo ")]


def test_a_secret_that_a_task_logs_is_masked(room: Room) -> None:
    body = """
    @task
    def says():
        import logging
        logging.getLogger("airflow.task").info("it is %s", Variable.get("api_key"))
    says()
    """
    expression = "[line for line in run.log['says'] if 'it is' in line]"
    assert room(_run, body, expression, "variables={'api_key': 'correct-horse'}") == ["INFO - it is ***"]


def test_retries_run_on_a_virtual_clock_and_tell_their_number(room: Room) -> None:
    body = """
    @task(retries=2, retry_delay=dt.timedelta(minutes=5), on_retry_callback=note("retry"))
    def flaky(ti=None):
        ti.xcom_push(key=f"try{ti.try_number}", value=1)
        if ti.try_number < 3: raise ConnectionError("down")
        return sorted(k for k in ("try1", "try2", "try3") if ti.xcom_pull(task_ids="flaky", key=k))
    flaky()
    """
    expression = "[[(str(t.start)[11:16], t.state) for t in run.tries['flaky']], run.xcom('flaky'), fired]"
    assert room(_run, body, expression) == [
        [["00:00", "up_for_retry"], ["00:05", "up_for_retry"], ["00:10", "success"]],
        ["try3"],
        [["retry", "flaky", 1 + AHEAD, "ConnectionError"], ["retry", "flaky", 2 + AHEAD, "ConnectionError"]],
    ]


CALLBACKS = """
def breaks(context): raise KeyError("oops")
@task(on_success_callback=note("ok"), on_execute_callback=note("execute"))
def good(): pass
@task(on_failure_callback=[breaks, note("failed")], retries=3)
def bad(): raise AirflowFailException("for good")
good() >> bad()
"""


def test_callbacks_fire_and_an_exception_in_one_is_reported(room: Room) -> None:
    expression = (
        "[[[c.kind, c.name, c.task_id, c.error and c.error.type] for c in run.callbacks], fired, len(run.tries['bad'])]"
    )
    calls, seen, tries = room(_run, CALLBACKS, expression, "", "on_failure_callback=note('dag')")
    assert calls == [
        ["on_execute_callback", "execute", "good", None],
        ["on_success_callback", "ok", "good", None],
        ["on_failure_callback", "breaks", "bad", "KeyError"],
        ["on_failure_callback", "failed", "bad", None],
        ["on_failure_callback", "dag", None, None],
    ]
    assert seen[:3] == [
        ["execute", "good", 1, "NoneType"],
        ["ok", "good", 1 + AHEAD, "NoneType"],
        ["failed", "bad", 1 + AHEAD, "AirflowFailException"],
    ]
    assert tries == 1


def test_an_error_tells_the_users_line_and_its_cause(room: Room) -> None:
    body = """
    @task
    def bad():
        try:
            {}["key"]
        except KeyError as error:
            raise ValueError("no key") from error
    bad()
    """
    expression = "(lambda e: [e.type, e.message, e.cause.type, 'in bad' in e.traceback])(run.errors['bad'])"
    assert room(_run, body, expression) == ["ValueError", "no key", "KeyError", True]


def test_system_exit_fails_a_task_and_exit_status_zero_does_not(room: Room) -> None:
    body = """
    @task
    def leaves(): raise SystemExit(3)
    leaves()
    """
    assert room(_run, body, "[run.state('leaves'), run.errors['leaves'].message]")[0] == "failed"


def test_a_skip_exception_skips_and_downstream_follows(room: Room) -> None:
    body = """
    @task(on_skipped_callback=note("skipped"))
    def stops(): raise AirflowSkipException("nothing to do")
    @task
    def after(): pass
    stops() >> after()
    """
    if at_least(2, 9):
        found = room(_run, body, "[run.states, [name for name, *_ in fired]]")
        assert found == [{"stops": "skipped", "after": "skipped"}, ["skipped"]]
    else:
        found = room(_run, body.replace('on_skipped_callback=note("skipped")', ""), "run.states")
        assert found == {"stops": "skipped", "after": "skipped"}


def test_run_if_and_skip_if_are_asked(room: Room) -> None:
    body = """
    @task.run_if(lambda context: context["ds"] == "2024-01-01")
    @task
    def runs(): return 1
    @task.skip_if(lambda context: True)
    @task
    def skipped(): return 1
    runs(); skipped()
    """
    if at_least(2, 10):
        assert room(_run, body, "run.states") == {"runs": "success", "skipped": "skipped"}
    else:
        assert room(_run, body, "run.states")["error"] == "AttributeError"


POKES = """
seen = []
class Waits(BaseSensorOperator):
    def poke(self, context):
        seen.append(pendulum.now("UTC").isoformat()[11:16])
        time.sleep(90)
        return len(seen) == 3
Waits(task_id="waits", poke_interval=60, timeout=3600, mode="{mode}")
"""


def test_a_poking_sensor_waits_in_virtual_time(room: Room) -> None:
    expression = "[seen, str(run.tries['waits'][0].end - run.tries['waits'][0].start), run.state]"
    assert room(_run, POKES.format(mode="poke"), expression) == [
        ["00:00", "00:02", "00:05"], "0:06:30", "success",
    ]  # fmt: skip


def test_a_rescheduling_sensor_is_called_again(room: Room) -> None:
    expression = "[seen, [t.state for t in run.tries['waits']], {t.number for t in run.tries['waits']} == {1}]"
    assert room(_run, POKES.format(mode="reschedule"), expression) == [
        ["00:00", "00:02", "00:05"], ["up_for_reschedule", "up_for_reschedule", "success"], True,
    ]  # fmt: skip


@pytest.mark.parametrize("mode", ["poke", "reschedule"])
def test_a_sensor_times_out_in_virtual_time_and_is_not_retried(room: Room, mode: str) -> None:
    body = f"""
    class Never(BaseSensorOperator):
        def poke(self, context): return False
    Never(task_id="never", poke_interval=600, timeout=3600, mode="{mode}", retries=2, soft_fail=False)
    """
    expression = "[run.state, run.errors['never'].type.rpartition('.')[2], str(run.tries['never'][-1].end)[11:16]]"
    assert room(_run, body, expression) == [
        "failed",
        "AirflowSensorTimeout",
        "01:00" if mode == "reschedule" else "01:10",
    ] or (room(_run, body, expression) == ["failed", "AirflowSensorTimeout", "01:00"])


def test_a_deferred_task_resumes_when_its_trigger_fires(room: Room) -> None:
    body = 'DateTimeSensorAsync(task_id="later", target_time="{{ data_interval_end.add(hours=30) }}")'
    expression = (
        "[[t.state for t in run.tries['later']], str(run.tries['later'][1].start - run.tries['later'][0].start)]"
    )
    assert room(_run, body, expression) == [["deferred", "success"], "1 day, 6:00:00"]


def test_a_trigger_that_never_fires_times_out(room: Room) -> None:
    body = """
    class Late(BaseOperator):
        def execute(self, context):
            self.defer(trigger=self.start(), method_name="execute_complete", timeout=dt.timedelta(hours=1))
        def start(self):
            try:
                from airflow.providers.standard.triggers.temporal import DateTimeTrigger
            except ImportError:
                from airflow.triggers.temporal import DateTimeTrigger
            return DateTimeTrigger(moment=pendulum.datetime(2030, 1, 1, tz="UTC"))
    Late(task_id="late")
    """
    expression = (
        "(lambda a, b: [run.state, b.error.type.rpartition('.')[2], str(b.start - a.start)])(*run.tries['late'])"
    )
    name = "TaskDeferralTimeout" if at_least(3, 0) else "TaskDeferralError"
    assert room(_run, body, expression) == ["failed", name, "1:00:00"]


def test_execution_timeout_counts_virtual_sleep(room: Room) -> None:
    body = """
    @task(execution_timeout=dt.timedelta(minutes=1))
    def slow(): time.sleep(100)
    slow()
    """
    expression = (
        "[run.errors['slow'].type.rpartition('.')[2], str(run.tries['slow'][0].end - run.tries['slow'][0].start)]"
    )
    assert room(_run, body, expression) == ["AirflowTaskTimeout", "0:01:00"]


def test_now_is_the_virtual_time(room: Room) -> None:
    body = """
    @task
    def now(run_after): return [str(dt.datetime.now(dt.timezone.utc))[:16], run_after]
    now("{{ (dag_run.run_after if dag_run.run_after is defined else data_interval_end).strftime('%Y-%m-%d %H:%M') }}")
    """
    found = room(_run, body, "run.xcom('now')")
    assert found[0] == found[1]


BRANCH = """
@task.branch
def choose(ti=None): return "big"
@task
def big(): pass
@task
def small(): pass
@task(trigger_rule="none_failed_min_one_success")
def join(): pass
choose() >> [big(), small()] >> join()
"""


def test_a_branch_skips_and_its_choice_is_told(room: Room) -> None:
    expression = "[run.states, run.choices, run.xcom('choose')]"
    assert room(_run, BRANCH, expression) == [
        {"choose": "success", "big": "success", "small": "skipped", "join": "success"},
        {"choose": ["big"]},
        None if at_least(3, 0) else "big",
    ]


@pytest.mark.parametrize(
    ("outcome", "states"),
    [
        ("Returns('small')", ["success", "skipped", "success", "success"]),
        ("Returns([])", ["success", "skipped", "skipped", "skipped"]),
        ("Returns('nowhere')", ["failed", "upstream_failed", "upstream_failed", "upstream_failed"]),
        ("Skips()", ["skipped", "skipped", "skipped", "skipped"]),
        ("Fails(ValueError('x'))", ["failed", "upstream_failed", "upstream_failed", "upstream_failed"]),
        ("Defers(then=Returns('big'))", ["success", "success", "skipped", "success"]),
        ("lambda context: Returns('small') if context['ds'] else None", ["success", "success", "success", "success"]),
    ],
)
def test_outcomes_stand_in_for_a_branch(room: Room, outcome: str, states: list[str]) -> None:
    found = room(_run, BRANCH, "list(run.states.values())", f"outcomes={{'choose': {outcome}}}")
    assert found == states


def test_a_task_with_an_outcome_still_has_its_templates_rendered(room: Room) -> None:
    body = """
    class Query(BaseOperator):
        template_fields = ("sql",)
        def __init__(self, sql, **kwargs):
            super().__init__(**kwargs)
            self.sql = sql
        def execute(self, context): raise RuntimeError("no database here")
    Query(task_id="query", sql="select '{{ ds }}'")
    Query(task_id="broken", sql="{{ var.value.missing }}")
    """
    options = "outcomes={'query': Returns(3), 'broken': Succeeds()}"
    assert room(_run, body, "[run.rendered['query']['sql'], run.xcom('query'), run.state]", options) == [
        "select '2024-01-01'", 3, "success",
    ]  # fmt: skip


def test_fails_so_many_times_then_runs(room: Room) -> None:
    body = """
    @task(retries=3)
    def flaky(): return "done"
    flaky()
    """
    options = "outcomes={'flaky': Fails(ConnectionError('down'), times=2)}"
    assert room(_run, body, "[len(run.tries['flaky']), run.xcom('flaky')]", options) == [3, "done"]


def test_xcoms_go_through_airflows_own_serialisation(room: Room) -> None:
    body = """
    @task
    def when(): return {"at": pendulum.datetime(2024, 5, 1, tz="UTC"), "pair": (1, 2)}
    @task
    def read(value): return [str(value["at"])[:10], list(value["pair"])]
    @task
    def odd(): return object()
    read(when()); odd()
    """
    expression = "[run.xcom('read'), run.state('odd'), run.errors['odd'].type]"
    assert room(_run, body, expression) == [["2024-05-01", [1, 2]], "failed", "TypeError"]


def test_an_unset_variable_fails_the_task_and_says_how_to_give_it(room: Room) -> None:
    body = """
    @task
    def reads(): return Variable.get("country")
    reads()
    """
    found = room(_run, body, "[run.state, run.errors['reads'].message]")
    assert found[0] == "failed"
    assert "run_dag(variables={...})" in found[1]


def test_what_asks_the_metadata_db_is_told_that_there_is_none(room: Room) -> None:
    body = """
    @task
    def asks():
        from airflow.utils.session import create_session
        with create_session() as session:
            return session.query("anything")
    asks()
    """
    assert 'engine="airflow"' in room(_run, body, "run.errors['asks'].message")


def test_asset_events_and_their_extras_are_told(room: Room) -> None:
    body = """
    orders = Asset("s3://bucket/orders")
    @task(outlets=[orders])
    def writes(outlet_events=None):
        if outlet_events is not None:
            outlet_events[orders].extra = {"rows": 3}
    writes()
    """
    extra = {"rows": 3} if at_least(2, 10) else {}
    assert room(_run, body, "[[e.task, e.uri, e.extra] for e in run.asset_events]") == [
        ["writes", "s3://bucket/orders", extra]
    ]


def test_the_log_of_a_task_is_kept(room: Room) -> None:
    body = """
    import logging
    @task
    def speaks(): logging.getLogger("airflow.task").info("rows: %d", 3)
    speaks()
    """
    assert "INFO - rows: 3" in room(_run, body, "list(run.log['speaks'])")


def test_get_current_context_works(room: Room) -> None:
    body = """
    @task
    def where(): return get_current_context()["task"].task_id
    where()
    """
    assert room(_run, body, "run.xcom('where')") == "where"


def test_params_are_validated_before_a_task_runs(room: Room) -> None:
    body = "EmptyOperator(task_id='work')"
    expression = "[run.state, run.errors['work'].type.rpartition('.')[2]]"
    found = room(_run, body, expression, "params={'rows': 'x'}", "params={'rows': Param(1, type='integer')}")
    assert found == ["failed", "ParamValidationError"]


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ("params={'rwos': 1}", "UnknownIdError", "did you mean 'rows'"),
        ("outcomes={'wrok': Succeeds()}", "UnknownIdError", "did you mean 'work'"),
        ("connections={'shop': 3}", "UsageError", "connection 'shop'"),
        ("engine='memroy'", "UsageError", "did you mean 'memory'"),
    ],
)
def test_a_wrong_call_says_what_is_valid(room: Room, options: str, error: str, text: str) -> None:
    found = room(_run, "EmptyOperator(task_id='work')", "run", options, "params={'rows': 1}")
    assert found["error"] == error
    assert text in found["message"]


def _left_behind() -> list[str]:
    """Compare what a run could have left changed."""
    import logging
    import os
    import signal
    import time

    _run("EmptyOperator(task_id='work')", "run.state")  # imports what a run imports

    def picture() -> dict[str, Any]:
        from airflow import settings

        found: dict[str, Any] = {"sleep": time.sleep, "term": signal.getsignal(signal.SIGTERM)}
        found["environment"] = dict(os.environ)
        found["handlers"] = [list(logging.getLogger(name).handlers) for name in ("", "airflow.task")]
        found["session"] = settings.Session
        if at_least(3, 0):
            import structlog
            from airflow.sdk.execution_time import task_runner

            found["runner"] = dict(vars(task_runner))
            found["processors"] = list(structlog.get_config()["processors"])
        else:
            from airflow.models.taskinstance import TaskInstance
            from airflow.models.xcom import BaseXCom

            found["runner"] = {**vars(TaskInstance), **vars(BaseXCom)}
        return found

    before = picture()
    failing = "@task\ndef bad(ti=None):\n    raise KeyError\nbad()\nBashOperator(task_id='b', bash_command='exit 1')"
    _run(failing, "run.state")
    after = picture()
    names = [
        f"{part}.{name}"
        for part in ("runner",)
        for name in after[part]
        if after[part][name] is not before[part].get(name)
    ]
    return names + [part for part in after if part != "runner" and after[part] != before[part]]


def test_nothing_stays_behind_after_a_run_that_fails(room: Room) -> None:
    assert room(_left_behind) == []
