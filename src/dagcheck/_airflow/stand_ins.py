"""What a simulated task instance can be asked: XComs from a plain table, never from a DB or a supervisor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from dagcheck.running.attempt import RunView


class Look(NamedTuple):
    """Where values come from; either may raise where nobody can know one."""

    here: Callable[[str, int, str], tuple[bool, Any]]  # (task_id, map_index, key) -> (is there one, its value)
    elsewhere: Callable[[Any, str | None], object]  # (task_ids, dag_id), of another DAG or another run


class XComAccess:
    """`xcom_pull` and `xcom_push` of one task instance."""

    def __init__(
        self, view: RunView, task_id: str, map_index: int, look: Look, table: dict[str, dict[str, Any]]
    ) -> None:
        self._view = view
        self._task_id = task_id
        self._map_index = map_index
        self._look = look
        self._table = table

    def give_to(self, instance: Any) -> None:
        """Let the instance's own methods come here; instance attributes go before those of its class."""
        self._dag_id, self._run_id = instance.dag_id, instance.run_id
        instance.__dict__["xcom_pull"] = self.pull
        instance.__dict__["xcom_push"] = self.push
        instance.__dict__["get_relevant_upstream_map_indexes"] = self.relevant

    def pull(  # noqa: PLR0913 -- as Airflow's
        self,
        task_ids: str | Iterable[str] | None = None,
        dag_id: str | None = None,
        key: str = "return_value",
        include_prior_dates: bool = False,  # noqa: FBT001, FBT002 -- Airflow's signature
        *_session: Any,
        map_indexes: Any = None,
        default: Any = None,
        run_id: str | None = None,
        **_others: Any,
    ) -> Any:
        """Return one value for one unmapped task or one index, else a list, as TaskInstance.xcom_pull."""
        if include_prior_dates or dag_id not in {None, self._dag_id} or run_id not in {None, self._run_id}:
            self._look.elsewhere(task_ids, dag_id)
        ids = [task_ids] if isinstance(task_ids, str) else list(task_ids or [self._task_id])
        wanted = map_indexes if isinstance(map_indexes, Iterable) else None
        if isinstance(map_indexes, int):
            wanted = [map_indexes]
        found = [
            self._look.here(task_id, index, key)
            for task_id in ids
            for index in (self._indexes(task_id) if wanted is None else wanted)
        ]
        alone = len(ids) == 1 and not isinstance(task_ids, (list, tuple, set))
        if alone and (isinstance(map_indexes, int) or self._indexes(ids[0]) == (-1,)):
            return found[0][1] if found and found[0][0] else default
        return [value for exists, value in found if exists]

    def _indexes(self, task_id: str) -> tuple[int, ...]:
        """Return the map indexes of a task; of one that the DAG does not have, which has left nothing, as of any."""
        try:
            return self._view.map_indexes(task_id)
        except KeyError:
            return (-1,)

    def push(self, key: str, value: Any, *_: Any, **__: Any) -> None:
        """Keep a value."""
        name = self._task_id if self._map_index < 0 else f"{self._task_id}[{self._map_index}]"
        self._table.setdefault(name, {})[key] = value

    def relevant(self, upstream: Any, *_: Any, **__: Any) -> int | range | None:
        """As TaskInstance.get_relevant_upstream_map_indexes."""
        return self._view.upstream_map_indexes(self._task_id, self._map_index, upstream.task_id)
