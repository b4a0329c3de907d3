from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.airflow.conftest import Room


def _problems(text: str, options: dict[str, Any]) -> list[str]:
    from dagcheck._airflow import classes
    from dagcheck._airflow.problems.jinja import of_text
    from dagcheck._airflow.problems.subject import SharedDag, Subject

    dag = classes.dag_class()("etl", schedule=None, jinja_environment_kwargs=options)
    return [problem.kind for problem in of_text(Subject(SharedDag(dag, "etl")), "sql", text)]


@pytest.mark.parametrize("text", ["{{ ds }}", "{{ds}} {{ var.value.table }}", "{{ params.limit | int }}", "}} none"])
def test_references_to_what_is_there_are_right(room: Room, text: str) -> None:
    assert room(_problems, text, {}) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{{ dss }}", "template-name"),
        ("{{ ds }} {{ dss.x }}", "template-name"),
        ("{{ ds", "template-syntax"),
        ("{{ ds }} {% if %}", "template-syntax"),
        ("{{{ ds }}", "template-syntax"),
        ("{{ ds.1x }}", "template-syntax"),
        ("{{ ds | nothing }}", "template-syntax"),
    ],
)
def test_one_mistake_beside_what_is_right_is_found(room: Room, text: str, kind: str) -> None:
    assert room(_problems, text, {}) == [kind]


def test_signs_of_the_dags_own_are_heeded(room: Room) -> None:
    assert room(_problems, "{{ ds }}\n# if\n", {"line_statement_prefix": "#"}) == ["template-syntax"]
    assert room(_problems, "{{ ds }} <% if %>", {"block_start_string": "<%", "block_end_string": "%>"}) == [
        "template-syntax"
    ]


def _printed_params(text: str, schedule: str | None, arguments: dict[str, Any]) -> list[list[str]]:
    from dagcheck._airflow import classes
    from dagcheck._airflow.problems.jinja import of_text
    from dagcheck._airflow.problems.subject import SharedDag, Subject

    try:
        from airflow.sdk import BaseOperator
    except ImportError:
        from airflow.models import BaseOperator

    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    dag = classes.dag_class()("etl", schedule=schedule, start_date=start, params={"limit": 3, "deep": {"down": 1}})
    task = BaseOperator(task_id="load", dag=dag, **arguments)
    return [[problem.detail, *problem.more] for problem in of_text(Subject(SharedDag(dag, "etl"), task), "sql", text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ params.limti }}", [["limti", "limit"]]),
        ("{{ params['other'] }} {{ params.other | upper }}", [["other"]]),
        ("{{ params.other.down }}", [["other"]]),
        ("{{ params.limit }} {{ params['limit'] }} {{ params.deep.down }}", []),
        ("{{ params.other | default(1) }} {{ params.other | d(1) | int }}", []),
        ("{{ params.other or 1 }} {{ params.get('other') }} {{ params[ds] }} {{ params[1] }}", []),
        ("{% if params.other %}{{ params.other }}{% endif %}", []),
        ("{% set params = {'other': 1} %}{{ params.other }}", []),
    ],
)
def test_a_param_that_is_printed_whatever_happens_must_be_declared(room: Room, text: str, told: list[str]) -> None:
    assert room(_printed_params, text, "@daily", {}) == told


def test_the_params_of_a_task_are_its_own(room: Room) -> None:
    assert room(_printed_params, "{{ params.own }}", "@daily", {"params": {"own": 1}}) == []


def test_a_run_by_hand_may_bring_any_param(room: Room) -> None:
    assert room(_printed_params, "{{ params.other }}", None, {}) == []


def _of_transfer(module: str) -> list[str]:
    from dagcheck._airflow import classes
    from dagcheck._airflow.problems.subject import SharedDag, Subject
    from dagcheck._airflow.problems.templates import problems

    try:
        from airflow.sdk import BaseOperator
    except ImportError:
        from airflow.models import BaseOperator

    class Transfer(BaseOperator):  # type: ignore[misc]
        """Knows a name only later, as SqlToSlackWebhookOperator knows `results_df`."""

        __module__ = module
        template_fields = ("message",)

        def __init__(self, *, message: str, **options: Any) -> None:
            super().__init__(**options)
            self.message = message

        def render_template_fields(self, context: Any, jinja_env: Any = None) -> None: ...

    dag = classes.dag_class()(
        "etl", schedule=None, start_date=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    )
    task = Transfer(task_id="tell", dag=dag, message="{{ results_df }}")
    return [problem.kind for problem in problems(Subject(SharedDag(dag, "etl"), task, "tell"))]


@pytest.mark.parametrize("module", ["team.operators", "airflow.providers.slack.transfers.sql_to_slack_webhook"])
def test_an_operator_that_renders_by_itself_is_not_judged_by_its_fields(room: Room, module: str) -> None:
    assert room(_of_transfer, module) == []


def test_an_operator_of_airflows_own_is_judged_by_its_fields(room: Room) -> None:
    assert room(_of_transfer, "airflow.operators.tell") == ["template-name"]
