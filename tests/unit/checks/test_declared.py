from __future__ import annotations

from dataclasses import replace

import pytest

from check_samples import FILE, SETTINGS, dag, task
from dagcheck.checks.declared import unknown_connection, unknown_variable
from dagcheck.record import FileRecord, Problem

DECLARED = replace(SETTINGS, connections=frozenset({"warehouse", "lake"}), variables=frozenset({"region"}))


def _record(kind: str, detail: str, argument: str = "conn_id") -> FileRecord:
    problem = Problem(kind=kind, dag_id="etl", task_id="load", argument=argument, detail=detail)  # type: ignore[arg-type]
    return FileRecord(file=FILE, dags=(dag(task("load")),), problems=(problem,))


def test_a_connection_that_is_not_declared_is_told_with_the_nearest() -> None:
    [finding] = unknown_connection(_record("connection-used", "warehose"), DECLARED)
    assert (finding.task_id, finding.line) == ("load", 5)
    assert finding.what == "the connection warehose in conn_id is not declared"
    assert finding.fix == "write warehouse if that was meant"


def test_where_none_is_near_all_are_listed() -> None:
    [finding] = unknown_connection(_record("connection-used", "crm"), DECLARED)
    assert (
        finding.fix == "declare it under [tool.dagcheck.connections] or in connections_files; there are lake, warehouse"
    )


def test_a_variable_that_is_not_declared_is_told() -> None:
    [finding] = unknown_variable(_record("variable-used", "regoin", "bash_command"), DECLARED)
    assert finding.what == "the variable regoin in bash_command is not declared"


@pytest.mark.parametrize("settings", [SETTINGS, DECLARED])
def test_what_is_declared_is_right_and_without_any_declaration_everything_is(settings: object) -> None:
    connection, variable = _record("connection-used", "lake"), _record("variable-used", "region")
    assert list(unknown_connection(connection, settings)) == []  # type: ignore[arg-type]
    assert list(unknown_variable(variable, settings)) == []  # type: ignore[arg-type]
