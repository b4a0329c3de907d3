from __future__ import annotations

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
