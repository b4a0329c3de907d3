"""What a call of `simulate` or `run_dag` gives a run: params, Variables, Connections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from dagcheck.connections import connection_text, variable_text
from dagcheck.errors import UnknownIdError, UsageError, unknown
from dagcheck.tables import OnAccess, TextTable


def refuse_unknown_params(dag: Any, params: Mapping[str, Any]) -> None:
    """Raise UnknownIdError for a param that neither the DAG nor one of its tasks has."""
    known = {*dag.params, *(name for task in dag.task_dict.values() for name in task.params or ())}
    for name in params:
        if name not in known:
            raise UnknownIdError(unknown(f"param of {dag.dag_id!r}", name, known))


def texts(variables: Mapping[str, Any], connections: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Turn what was given into what Airflow stores; a wrong Connection raises UsageError, without any of its values."""
    found = {conn_id: _connection(conn_id, value) for conn_id, value in connections.items()}
    return {key: variable_text(value) for key, value in variables.items()}, found


def _connection(conn_id: str, value: Any) -> str:
    try:
        return connection_text(conn_id, value)
    except ValueError as error:
        raise UsageError(f"connection {conn_id!r}: {error}") from None


def unheard(_access: object) -> None:
    """Nobody asked for a history."""


def table(
    kind: Literal["variable", "connection"], values: dict[str, str], on_access: OnAccess = unheard
) -> TextTable | None:
    """Return a store that goes before those outside of it; None if nothing was given and nobody listens."""
    wanted = values or on_access is not unheard
    return TextTable(kind, values, on_access, environment_last=True) if wanted else None
