"""Supervisor of Pythons that tasks of 3.1 and later start: @task.virtualenv and @task.external_python.

The script that such an operator runs connects to its supervisor again, by a socket that it inherits
(`reinit_supervisor_comms` of sdk/execution_time/task_runner.py). Frames are those of sdk/execution_time/comms.py.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagcheck._airflow import classes, versions

_DESCRIPTOR = "__AIRFLOW_SUPERVISOR_FD"
_STARTS_PYTHON = "_BasePythonVirtualenvOperator"


@contextmanager
def seams(dag: Any) -> Iterator[None]:
    """Answer on a socket of its own, if a task of the DAG may need it, what the supervisor of this process answers."""
    if not versions.at_least(3, 1) or not any(map(_starts_python, dag.task_dict.values())):
        yield
        return
    ours, theirs = socket.socketpair()
    os.set_inheritable(theirs.fileno(), True)  # noqa: FBT003 -- the function's own signature
    before = os.environ.get(_DESCRIPTOR)
    os.environ[_DESCRIPTOR] = str(theirs.fileno())
    thread = threading.Thread(target=_serve, args=(ours,), name="dagcheck-supervisor", daemon=True)
    thread.start()
    try:
        yield
    finally:
        os.environ.pop(_DESCRIPTOR, None)
        if before is not None:
            os.environ[_DESCRIPTOR] = before
        theirs.close()
        thread.join(1.0)
        ours.close()


def _starts_python(task: Any) -> bool:
    return _STARTS_PYTHON in classes.airflow_bases(getattr(task, "operator_class", type(task)))


def _serve(ours: socket.socket) -> None:
    """Answer until the other end is closed."""
    import msgspec
    from airflow.sdk.execution_time import comms, task_runner
    from pydantic import TypeAdapter

    requests = msgspec.msgpack.Decoder(comms._RequestFrame)  # noqa: SLF001 -- the protocol has no public name
    messages: TypeAdapter[Any] = TypeAdapter(comms.ToSupervisor)
    while (data := _frame(ours)) is not None:
        request = requests.decode(data)
        if (request.body or {}).get("type") == "ResendLoggingFD":
            _send_log(ours, request.id)
            continue
        answer, error = None, None
        try:
            answer = task_runner.SUPERVISOR_COMMS.send(messages.validate_python(request.body))
        except Exception as problem:  # noqa: BLE001 -- the other Python raises it
            error = comms.ErrorResponse(detail={"message": str(problem)})
        body = None if answer is None else answer.model_dump()
        told = None if error is None else error.model_dump()
        ours.sendall(comms._ResponseFrame(id=request.id, body=body, error=told).as_bytes())  # noqa: SLF001


def _send_log(ours: socket.socket, request_id: int) -> None:
    """Send a file to log into (`_send_new_log_fd` of supervisor.py): what is printed is in the task's log anyway."""
    from airflow.sdk.execution_time import comms

    with open(os.devnull, "wb") as nowhere:
        body = comms.SentFDs(fds=[nowhere.fileno()]).model_dump()
        frame = comms._ResponseFrame(id=request_id, body=body)  # noqa: SLF001 -- as above
        socket.send_fds(ours, [frame.as_bytes()], [nowhere.fileno()])


def _frame(ours: socket.socket) -> bytes | None:
    """Read a message with its length before it; None at the end."""
    head = _exactly(ours, 4)
    return None if head is None else _exactly(ours, int.from_bytes(head, "big"))


def _exactly(ours: socket.socket, count: int) -> bytes | None:
    data = b""
    while len(data) < count:
        more = ours.recv(count - len(data))
        if not more:
            return None
        data += more
    return data
