"""The state stores of 3.3 in memory: values that a task or an asset keeps from try to try."""

from __future__ import annotations

from typing import Any

from dagcheck._airflow.tries import Desk


class StateStoreMessages:
    """Answers; methods bear the messages' names (sdk/execution_time/comms.py of 3.3)."""

    def __init__(self, desk: Desk) -> None:
        self._of_try = desk
        self._kept: dict[Any, dict[str, Any]] = {}

    def _of(self, msg: Any) -> dict[str, Any]:
        """Return what is kept for the asset that a message names, else for the task instance that runs."""
        attempt = self._of_try.current.attempt
        asset = getattr(msg, "name", None) or getattr(msg, "uri", None)
        return self._kept.setdefault(asset or (attempt.task_id, attempt.map_index), {})

    def GetTaskStateStore(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.exceptions import ErrorType
        from airflow.sdk.execution_time import comms

        kept = self._of(msg)
        if msg.key not in kept:
            of_asset = "Asset" in type(msg).__name__
            error = ErrorType.ASSET_STORE_NOT_FOUND if of_asset else ErrorType.TASK_STORE_NOT_FOUND
            return comms.ErrorResponse(error=error, detail={"key": msg.key})
        result = comms.AssetStateStoreResult if "Asset" in type(msg).__name__ else comms.TaskStateStoreResult
        return result(value=kept[msg.key])

    def SetTaskStateStore(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        self._of(msg)[msg.key] = msg.value
        return _ok()

    def DeleteTaskStateStore(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        self._of(msg).pop(msg.key, None)
        return _ok()

    def ClearTaskStateStore(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        self._of(msg).clear()
        return _ok()

    GetAssetStateStoreByName = GetAssetStateStoreByUri = GetTaskStateStore
    SetAssetStateStoreByName = SetAssetStateStoreByUri = SetTaskStateStore
    DeleteAssetStateStoreByName = DeleteAssetStateStoreByUri = DeleteTaskStateStore
    ClearAssetStateStoreByName = ClearAssetStateStoreByUri = ClearTaskStateStore


def _ok() -> Any:
    from airflow.sdk.execution_time.comms import OKResponse

    return OKResponse(ok=True)
