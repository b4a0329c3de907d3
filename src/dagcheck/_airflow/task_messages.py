"""What a task of 3.x tells and asks its supervisor while it runs in memory.

Methods bear the names of the messages (sdk/execution_time/comms.py). XComs are answered by a base class, Variables
and Connections by the stores; of other runs there are none; what only a metadata DB could answer is refused by name.
"""

from __future__ import annotations

from typing import Any

from dagcheck._airflow.asset_events import emitted
from dagcheck._airflow.state_stores import StateStoreMessages
from dagcheck._airflow.tries import Desk
from dagcheck._airflow.xcom_messages import XComMessages
from dagcheck.running.attempt import RunView
from dagcheck.running.effects import TriggeredRun


class TaskMessages(XComMessages, StateStoreMessages):
    """Answers for one run; `view` is there once it has begun."""

    def __init__(self, dag: Any, dag_run: Any, desk: Desk) -> None:
        super().__init__(desk)
        self._dag = dag
        self._dag_run = dag_run
        self._desk = desk
        self.view: RunView | None = None

    def SkipDownstreamTasks(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        self._desk.record.skipped += msg.tasks
        return _ok()

    def SucceedTask(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        record = self._desk.record
        record.effects += emitted(record.instance, msg.task_outlets or (), msg.outlet_events or ())
        return _ok()

    def _heard(self, _msg: Any) -> Any:
        """How a try ended is what `run` returns."""
        return _ok()

    TaskState = RetryTask = DeferTask = RescheduleTask = _heard
    SetRenderedFields = SetRenderedMapIndex = _heard

    def ValidateInletsAndOutlets(self, _msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import InactiveAssetsResult

        return InactiveAssetsResult(inactive_assets=[])

    def GetTaskRescheduleStartDate(self, _msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import TaskRescheduleStartDate

        attempt = self._desk.current.attempt
        return TaskRescheduleStartDate(start_date=attempt.first_start if attempt.reschedules else None)

    def GetPrevSuccessfulDagRun(self, _msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import PrevSuccessfulDagRunResult

        return PrevSuccessfulDagRunResult()

    def GetPreviousDagRun(self, _msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import PreviousDagRunResult

        return PreviousDagRunResult(dag_run=None)

    def GetPreviousTI(self, _msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import PreviousTIResult

        return PreviousTIResult(task_instance=None)

    def GetDagRun(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import DagRunResult, ErrorResponse

        if msg.run_id != self._dag_run.run_id:
            return ErrorResponse(detail={"message": f"there is no run {msg.run_id}"})
        return DagRunResult.from_api_response(self._dag_run)

    def GetDagRunState(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        """A run that this one has triggered is taken as successful: it is not run here."""
        from airflow.sdk.execution_time.comms import DagRunStateResult

        state = "running" if msg.run_id == self._dag_run.run_id else "success"
        return DagRunStateResult(state=state)

    def TriggerDagRun(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        record = self._desk.record
        run = TriggeredRun(task=record.instance, dag_id=msg.dag_id, run_id=msg.run_id, conf=msg.conf or {})
        record.effects.append(run)
        return _ok()

    def GetTICount(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import TICount

        states = None if msg.states is None else {str(state) for state in msg.states}
        found = [state for _task, _index, state in self._instances(msg) if states is None or str(state) in states]
        return TICount(count=len(found))

    def GetTaskStates(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import TaskStatesResult

        found = {task if index < 0 else f"{task}_{index}": state for task, index, state in self._instances(msg)}
        return TaskStatesResult(task_states={self._dag_run.run_id: found} if found else {})

    def GetDRCount(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import DRCount

        own = self._asks_this_run(msg) and (not msg.states or "running" in map(str, msg.states))
        return DRCount(count=int(own))

    def _instances(self, msg: Any) -> list[tuple[str, int, Any]]:
        """Return (task id, map index, state) of the task instances of this run that a message asks for."""
        if self.view is None or not self._asks_this_run(msg):
            return []
        wanted = self._dag.task_ids if msg.task_ids is None else msg.task_ids
        if msg.task_group_id is not None:
            group = self._dag.task_group.get_task_group_dict().get(msg.task_group_id)
            wanted = [] if group is None else [task.task_id for task in group.iter_tasks()]
        return [
            (task, index, self.view.state(task, index))
            for task in wanted
            if task in self._dag.task_dict
            for index in self.view.map_indexes(task)
            if msg.map_index in {None, index}
        ]

    def _asks_this_run(self, msg: Any) -> bool:
        return (
            msg.dag_id == self._dag.dag_id
            and (not msg.run_ids or self._dag_run.run_id in msg.run_ids)
            and (not msg.logical_dates or self._dag_run.logical_date in msg.logical_dates)
        )

    def GetAssetByName(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        return _asset(name=msg.name, uri=msg.name)

    def GetAssetByUri(self, msg: Any) -> Any:  # noqa: N802 -- the message's name
        return _asset(name=msg.uri, uri=msg.uri)

    def GetAssetsByAlias(self, _msg: Any) -> Any:  # noqa: N802 -- the message's name
        from airflow.sdk.execution_time.comms import AssetsByAliasResult  # 3.3+

        return AssetsByAliasResult(assets=[])

    def _no_events(self, _msg: Any) -> Any:
        from airflow.sdk.execution_time.comms import AssetEventsResult

        return AssetEventsResult(asset_events=[])

    GetAssetEventByAsset = GetAssetEventByAssetAlias = _no_events


def _asset(name: str, uri: str) -> Any:
    from airflow.sdk.execution_time.comms import AssetResult

    return AssetResult(name=name, uri=uri, group="asset")


def _ok() -> Any:
    from airflow.sdk.execution_time.comms import OKResponse

    return OKResponse(ok=True)
