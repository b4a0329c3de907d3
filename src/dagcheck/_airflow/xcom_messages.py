"""What BaseXCom of the SDK asks its supervisor on 3.x (sdk/bases/xcom.py), answered from a table in memory.

As the API server does it: api_fastapi/execution_api/routes/xcoms.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from dagcheck._airflow import versions
from dagcheck._airflow.xcoms import length_of, serialised, table
from dagcheck.tables import XComKey


class SequenceMessages:
    """Answers of 3.x about what the instances of a mapped task have left; methods bear the messages' names."""

    def _count(self, key: XComKey) -> int:
        return len(self._values(key))

    def _values(self, key: XComKey) -> list[Any]:
        raise NotImplementedError

    def GetXComCount(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import XComCountResponse

        return XComCountResponse(len=self._count(_key_of(msg)))

    def GetXComSequenceItem(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.exceptions import ErrorType
        from airflow.sdk.execution_time.comms import ErrorResponse, XComSequenceIndexResult

        values = self._values(_key_of(msg))
        try:
            return XComSequenceIndexResult(root=values[msg.offset])
        except IndexError:
            return ErrorResponse(error=ErrorType.XCOM_NOT_FOUND, detail={"offset": msg.offset})

    def GetXComSequenceSlice(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import XComSequenceSliceResult

        return XComSequenceSliceResult(root=self._values(_key_of(msg))[slice(msg.start, msg.stop, msg.step)])


class GivenSequences(SequenceMessages):
    """Answers from plain values; `left` returns those of a task's instances in the order of their indexes."""

    def __init__(self, left: Callable[[str, str], Iterable[Any]]) -> None:
        self._left = left

    def _values(self, key: XComKey) -> list[Any]:
        return [json.loads(serialised(key, value)) for value in self._left(key.task_id, key.key)]


class XComMessages(SequenceMessages):
    """Answers of 3.x from the table."""

    def _count(self, key: XComKey) -> int:
        return len(list(table().instances(key)))  # which is no reading of them

    def _values(self, key: XComKey) -> list[Any]:
        return [json.loads(stored) for _index, stored in table().read_all(key)]

    def GetXCom(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import XComResult

        key = _key_of(msg)
        stored = table().read(key)
        if stored is None and msg.include_prior_dates:
            stored = next((table().read(prior) for prior in table().prior(key)), None)
        return XComResult(key=msg.key, value=None if stored is None else json.loads(stored))

    def SetXCom(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import OKResponse

        if msg.value is None and not versions.at_least(3, 1):
            raise _refused()
        length = msg.mapped_length if msg.mapped_length is not None else length_of(msg.value)
        table().write(_key_of(msg), json.dumps(msg.value), length)
        return OKResponse(ok=True)

    def DeleteXCom(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import OKResponse

        table().delete(_key_of(msg))
        return OKResponse(ok=True)


def _refused() -> Exception:
    """What a task meets that pushes None: the client of 3.0 sends a body without one (httpx: json=None)."""
    from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
    from airflow.sdk.execution_time.comms import ErrorResponse

    detail = {"status_code": 422, "message": "Remote server returned validation error"}
    refused: Exception = AirflowRuntimeError(ErrorResponse(error=ErrorType.API_SERVER_ERROR, detail=detail))
    return refused


def _key_of(msg: Any) -> XComKey:
    index = getattr(msg, "map_index", None)
    return XComKey(
        dag_id=msg.dag_id, run_id=msg.run_id, task_id=msg.task_id, key=msg.key, map_index=-1 if index is None else index
    )
