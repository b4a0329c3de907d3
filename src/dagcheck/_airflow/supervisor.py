"""Variables and Connections on 3.x: the supervisor that a DAG file talks to while it is parsed.

The DAG processor sets `SUPERVISOR_COMMS` before it parses a file (dag_processing/processor.py:225 of 3.3.2), and
`airflow.models.Variable`, `Connection` and `BaseHook` behave differently when it is there: they go the SDK's way, warn,
and raise the SDK's errors. So that a file meets the same here, ours answers the same messages; what is not answerable
without a metadata DB is refused as a use of it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from dagcheck._airflow import in_process_comms, masking, metadata_db, stores
from dagcheck._airflow.patching import replaced


class Supervisor:
    """Answers the messages of airflow/sdk/execution_time/comms.py that Variables and Connections consist of.

    All others go to whoever runs a task at that moment.
    """

    def send(self, msg: Any) -> Any:
        """Answer one message, chosen by its class's name as in Airflow's own protocol."""
        name = type(msg).__name__
        answer = getattr(self, f"_{name}", None) or stores.message_handler(name)
        if answer is None:
            metadata_db.refuse(f"{name} is sent to Airflow")
        return answer(msg)

    async def asend(self, msg: Any) -> Any:
        """As `send`; there is nothing to wait for."""
        return self.send(msg)

    def _GetVariable(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import VariableResult

        value = stores.read("variable", msg.key)
        return _not_found("VARIABLE_NOT_FOUND", msg.key) if value is None else VariableResult(key=msg.key, value=value)

    def _GetConnection(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        value = stores.read("connection", msg.conn_id)
        return _not_found("CONNECTION_NOT_FOUND", msg.conn_id) if value is None else _connection(msg.conn_id, value)

    def _PutVariable(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        stores.write(msg.key, "" if msg.value is None else msg.value)
        return _done()

    def _DeleteVariable(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        stores.delete(msg.key)
        return _done()

    def _GetVariableKeys(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import VariableKeysResult  # 3.3+

        keys = stores.keys(msg.prefix)
        return VariableKeysResult(keys=keys[msg.offset : msg.offset + msg.limit], total_entries=len(keys))

    def _MaskSecret(self, _msg: Any) -> None:  # noqa: N802 -- the message's name
        """There is no log of a supervisor's in which anything would have to be masked."""


@contextmanager
def seams() -> Iterator[None]:
    """Route every reading and writing of 3.x to the stores that are active."""
    from airflow.sdk.definitions.connection import Connection
    from airflow.sdk.execution_time import context, supervisor, task_runner

    with masking.forgotten(), ExitStack() as stack:
        ours = Supervisor()
        stack.enter_context(replaced(task_runner, SUPERVISOR_COMMS=ours))
        stack.enter_context(in_process_comms.seams(ours.send))
        stack.enter_context(replaced(supervisor, ensure_secrets_backend_loaded=_backends))
        stack.enter_context(replaced(context, _get_variable=_explained_get(context)))
        stack.enter_context(replaced(Connection, **_explained_look_ups(Connection)))
        yield


def _backends() -> list[Any]:
    """The supervisor alone: it looks into the environment itself, so that no reading goes unseen.

    3.0 has no such backend: its SDK asks the supervisor after the last one (sdk/execution_time/context.py).
    """
    try:
        from airflow.sdk.execution_time.secrets.execution_api import ExecutionAPISecretsBackend
    except ImportError:
        return []
    return [ExecutionAPISecretsBackend()]


def _explained_get(context: Any) -> Any:
    from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType

    get = context._get_variable  # noqa: SLF001 -- what airflow.sdk.Variable.get calls

    @functools.wraps(get)
    def explained(key: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return get(key, *args, **kwargs)
        except AirflowRuntimeError as error:
            if error.error.error == ErrorType.VARIABLE_NOT_FOUND:
                error.args = (f"{error}; {stores.hint('variable', key)}",)
            raise

    return explained


def _explained_look_ups(connection: Any) -> dict[str, Any]:
    """Every reading of 3.x ends in `airflow.sdk.Connection.get` (sdk/definitions/connection.py), which raises."""
    from airflow.exceptions import AirflowNotFoundException

    get, aget = connection.get.__func__, getattr(connection, "async_get", None)

    @functools.wraps(get)
    def explained(cls: Any, conn_id: str) -> Any:
        try:
            return get(cls, conn_id)
        except AirflowNotFoundException as error:
            error.args = (f"{error}; {stores.hint('connection', conn_id)}",)
            raise

    found = {"get": classmethod(explained)}
    if aget is None:  # 3.0
        return found

    @functools.wraps(aget.__func__)
    async def aexplained(cls: Any, conn_id: str) -> Any:
        try:
            return await aget.__func__(cls, conn_id)
        except AirflowNotFoundException as error:
            error.args = (f"{error}; {stores.hint('connection', conn_id)}",)
            raise

    return {**found, "async_get": classmethod(aexplained)}


def _connection(conn_id: str, value: str) -> Any:
    """The model's class reads both notations on every version; the SDK's has learnt it later."""
    from airflow.models.connection import Connection
    from airflow.sdk.execution_time.comms import ConnectionResult

    if value.lstrip().startswith("{"):
        conn = Connection.from_json(value, conn_id=conn_id)
    else:
        conn = Connection(conn_id=conn_id, uri=value)
    fields = ("conn_id", "conn_type", "host", "login", "password", "port", "extra")
    return ConnectionResult(**{field: getattr(conn, field) for field in fields}, schema=conn.schema)


def _not_found(error: str, name: str) -> Any:
    from airflow.sdk.exceptions import ErrorType
    from airflow.sdk.execution_time.comms import ErrorResponse

    return ErrorResponse(error=ErrorType[error], detail={"message": f"{name} not found"})


def _done() -> Any:
    from airflow.sdk.execution_time.comms import OKResponse

    return OKResponse(ok=True)
