"""Variables and Connections on 2.x: one secrets backend of ours instead of all others.

Follows models/variable.py, models/connection.py and configuration.py of 2.11. `secrets_backend_list` is changed in
place (Airflow rebuilds it only when its length is 2). Writing goes to the metadata DB without asking any backend, so
the methods that write are replaced.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from dagcheck._airflow import masking, stores
from dagcheck._airflow.patching import contents_replaced, replaced


@contextmanager
def seams() -> Iterator[None]:
    """Route every reading and writing of 2.x to the stores that are active."""
    from airflow import configuration
    from airflow.models.connection import Connection
    from airflow.models.variable import Variable
    from airflow.secrets.base_secrets import BaseSecretsBackend

    class StoredSecrets(BaseSecretsBackend):  # type: ignore[misc]
        """The backend that takes the place of all others."""

        def get_conn_value(self, conn_id: str) -> str | None:
            return stores.read("connection", conn_id)

        def get_variable(self, key: str) -> str | None:
            return stores.read("variable", key)

    with masking.forgotten(), ExitStack() as stack:
        stack.enter_context(contents_replaced(configuration.secrets_backend_list, [StoredSecrets()]))
        stack.enter_context(replaced(Variable, get=_explained_get(Variable), **_writing(Variable)))
        stack.enter_context(replaced(Connection, get_connection_from_secrets=_explained_look_up(Connection)))
        yield


def _explained_get(variable: Any) -> Any:
    get = variable.get.__func__

    @functools.wraps(get)
    def explained(cls: Any, key: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return get(cls, key, *args, **kwargs)
        except KeyError as error:
            error.args = (f"{error.args[0]}; {stores.hint('variable', key)}",)
            raise

    return classmethod(explained)


def _explained_look_up(connection: Any) -> Any:
    from airflow.exceptions import AirflowNotFoundException

    get = connection.get_connection_from_secrets.__func__

    @functools.wraps(get)
    def explained(cls: Any, conn_id: str) -> Any:
        try:
            return get(cls, conn_id)
        except AirflowNotFoundException as error:
            error.args = (f"{error}; {stores.hint('connection', conn_id)}",)
            raise

    return classmethod(explained)


def _writing(variable: Any) -> dict[str, Any]:
    """Return what takes the place of the three methods that write; their parameters are those of 2.7 to 2.11."""

    def set_(key: str, value: Any, description: Any = None, serialize_json: Any = None, session: Any = None) -> None:
        del description, session
        stores.write(key, _text(value, serialize_json))

    def update(key: str, value: Any, serialize_json: Any = None, session: Any = None) -> None:
        del session
        if variable.get_variable_from_secrets(key=key) is None:
            raise KeyError(f"Variable {key} does not exist; {stores.hint('variable', key)}")
        stores.write(key, _text(value, serialize_json))

    def delete(key: str, session: Any = None) -> int:
        del session
        return stores.delete(key)

    methods: dict[str, Callable[..., Any]] = {"set": set_, "update": update, "delete": delete}
    return {name: staticmethod(functools.wraps(getattr(variable, name))(made)) for name, made in methods.items()}


def _text(value: Any, serialize_json: Any) -> str:
    return json.dumps(value, indent=2) if serialize_json else str(value)
