"""Variables and Connections on 2.x: one secrets backend of ours instead of all others.

Follows models/variable.py, models/connection.py and configuration.py of 2.11. `secrets_backend_list` is changed in
place (Airflow rebuilds it only when its length is 2). Writing goes to the metadata DB without asking any backend, so
the methods that write are replaced.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from dagcheck._airflow.stores import Stores, how_to_declare


def answer_from(stores: Stores) -> None:
    """Route every reading and writing of 2.x to `stores`."""
    from airflow import configuration
    from airflow.models.connection import Connection
    from airflow.models.variable import Variable
    from airflow.secrets.base_secrets import BaseSecretsBackend

    class ConfiguredSecrets(BaseSecretsBackend):  # type: ignore[misc]
        """The backend that `[tool.dagcheck]` describes."""

        def get_conn_value(self, conn_id: str) -> str | None:
            return stores.connection(conn_id)

        def get_variable(self, key: str) -> str | None:
            return stores.variable(key)

    configuration.secrets_backend_list[:] = [ConfiguredSecrets()]
    _explain_missing_variables(Variable)
    _explain_missing_connections(Connection)
    _write_to(stores, Variable)


def _explain_missing_variables(variable: Any) -> None:
    get = variable.get.__func__

    @functools.wraps(get)
    def explained(cls: Any, key: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return get(cls, key, *args, **kwargs)
        except KeyError as error:
            error.args = (f"{error.args[0]}; {how_to_declare('variable', key)}",)
            raise

    variable.get = classmethod(explained)


def _explain_missing_connections(connection: Any) -> None:
    from airflow.exceptions import AirflowNotFoundException

    get = connection.get_connection_from_secrets.__func__

    @functools.wraps(get)
    def explained(cls: Any, conn_id: str) -> Any:
        try:
            return get(cls, conn_id)
        except AirflowNotFoundException as error:
            error.args = (f"{error}; {how_to_declare('connection', conn_id)}",)
            raise

    connection.get_connection_from_secrets = classmethod(explained)


def _write_to(stores: Stores, variable: Any) -> None:
    """Replace the three methods; their parameters are those of 2.7 to 2.11."""

    def set_(key: str, value: Any, description: Any = None, serialize_json: Any = None, session: Any = None) -> None:
        del description, session
        stores.write(key, _text(value, serialize_json))

    def update(key: str, value: Any, serialize_json: Any = None, session: Any = None) -> None:
        del session
        if variable.get_variable_from_secrets(key=key) is None:
            raise KeyError(f"Variable {key} does not exist; {how_to_declare('variable', key)}")
        stores.write(key, _text(value, serialize_json))

    def delete(key: str, session: Any = None) -> int:
        del session
        return stores.delete(key)

    for name, method in (("set", set_), ("update", update), ("delete", delete)):
        _replace(variable, name, method)


def _text(value: Any, serialize_json: Any) -> str:
    return json.dumps(value, indent=2) if serialize_json else str(value)


def _replace(variable: Any, name: str, method: Callable[..., Any]) -> None:
    functools.update_wrapper(method, getattr(variable, name))
    setattr(variable, name, staticmethod(method))
