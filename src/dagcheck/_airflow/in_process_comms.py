"""The stores in `dag.test()` of 3.x, which gives each task and each inline trigger a supervisor of its own.

That one asks the metadata DB (InProcessSupervisorComms, sdk/execution_time/supervisor.py of 3.0 to 3.3). 2.x needs
nothing of this: the methods that read and write are replaced wherever a task runs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NoReturn

from dagcheck._airflow import stores
from dagcheck._airflow.patching import replaced

Send = Callable[[Any], Any]
_TEXTS = ("GetVariable", "PutVariable", "DeleteVariable", "GetVariableKeys", "GetConnection")
_KEPT_TOO = ("SetXCom", "DeleteXCom")  # the scheduler expands mapped tasks by what is in its DB


def between_tasks(name: str) -> Callable[[Any], NoReturn]:
    """Return what answers a message of that name while no task runs: as where there is no supervisor, not at all.

    `dag.test()` of 3.2 serialises the operator after each try (serialization/helpers.py, `serialize_object`), and with
    it values of the context that ask when they are looked at; isinstance() takes an AttributeError for a no.
    """

    def nobody(_msg: Any) -> NoReturn:
        raise AttributeError(f"no supervisor answers {name}: no task is running")

    return nobody


def seams(answer: Send) -> AbstractContextManager[None]:
    """Let `answer` have the messages about what is in the stores; all others go where they went."""
    from airflow.sdk.execution_time.supervisor import InProcessSupervisorComms

    send = _diverted(InProcessSupervisorComms.send, answer)

    async def asend(self: Any, msg: Any) -> Any:
        """Triggers ask this way, and find no such method (3.1 to 3.3)."""
        return send(self, msg)

    return replaced(InProcessSupervisorComms, send=send, asend=asend)


def _diverted(send: Callable[[Any, Any], Any], answer: Send) -> Callable[[Any, Any], Any]:
    @functools.wraps(send)
    def diverted(self: Any, msg: Any) -> Any:
        name = type(msg).__name__
        if name in _TEXTS:
            return answer(msg)
        if stores.xcoms() is None or "XCom" not in name:
            return send(self, msg)
        answered = answer(msg)
        return send(self, msg) if name in _KEPT_TOO else answered

    return diverted
