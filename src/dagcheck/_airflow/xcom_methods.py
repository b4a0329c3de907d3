"""What reads and writes the table `xcom` on 2.x, replaced: methods of BaseXCom, TaskInstance.xcom_pull, map lengths.

Values are what `serialize_value` of the backend makes (models/xcom.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from dagcheck._airflow import versions
from dagcheck._airflow.patching import replaced
from dagcheck._airflow.xcoms import length_of, plain, table
from dagcheck.tables import XComKey


@contextmanager
def seams() -> Iterator[None]:
    """Route what 2.x does with the table `xcom` to the innermost table; 3.x needs none."""
    if versions.at_least(3, 0):
        yield
        return
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.xcom import BaseXCom
    from airflow.models.xcom_arg import PlainXComArg

    methods: dict[str, Any] = {name: classmethod(method) for name, method in _XCOM_METHODS.items()}
    with ExitStack() as stack:
        stack.enter_context(replaced(BaseXCom, **methods))
        stack.enter_context(replaced(TaskInstance, xcom_pull=_pull))
        stack.enter_context(replaced(PlainXComArg, get_task_map_length=_task_map_length))
        yield


def _set(
    cls: Any, key: str, value: Any, task_id: str, dag_id: str, *_deprecated: Any, run_id: str, **where: Any
) -> None:
    where.pop("session", None)
    index = where.pop("map_index", -1)
    value = list(value) if isinstance(value, _lazy_sequence()) else value
    one = XComKey(dag_id=dag_id, run_id=run_id, task_id=task_id, key=key, map_index=index)
    stored = cls.serialize_value(value=value, key=key, task_id=task_id, dag_id=dag_id, run_id=run_id, map_index=index)
    table().write(one, stored, length_of(value))


def _get_one(  # noqa: PLR0913 -- Airflow's signature
    cls: Any,
    *,
    run_id: str,
    key: str | None = None,
    task_id: str | None = None,
    dag_id: str | None = None,
    map_index: int | None = None,
    include_prior_dates: bool = False,
    **_session: Any,
) -> Any:
    del cls
    found = _matching(dag_id, run_id, [task_id], key, map_index, prior=include_prior_dates)
    return plain(found[-1], table().read(found[-1])) if found else None


def _get_value(cls: Any, *, ti_key: Any, key: str | None = None, session: Any = None) -> Any:
    del session
    return cls.get_one(
        key=key, task_id=ti_key.task_id, dag_id=ti_key.dag_id, run_id=ti_key.run_id, map_index=ti_key.map_index
    )


def _clear(cls: Any, *, dag_id: str, task_id: str, run_id: str, map_index: int | None = None, **_session: Any) -> None:
    del cls
    for found in _matching(dag_id, run_id, [task_id], None, map_index):
        table().clear(found)


_XCOM_METHODS: dict[str, Any] = {"set": _set, "get_one": _get_one, "get_value": _get_value, "clear": _clear}


def _matching(
    dag_id: str | None,
    run_id: str,
    task_ids: Iterable[str | None],
    key: str | None,
    map_index: int | None,
    *,
    prior: bool = False,
) -> list[XComKey]:
    """Return the keys that BaseXCom.get_many would find, the latest written last; None means any."""
    wanted = list(task_ids)
    return [
        one
        for one, _stored in table().items()
        if (dag_id is None or one.dag_id in {None, dag_id})
        and (prior or one.run_id in {None, run_id})
        and (one.task_id in wanted or None in wanted)
        and (key is None or one.key == key)
        and (map_index is None or one.map_index == map_index)
    ]


def _pull(  # noqa: PLR0913 -- Airflow's signature
    self: Any,
    task_ids: str | Iterable[str] | None = None,
    dag_id: str | None = None,
    key: str = "return_value",
    include_prior_dates: bool = False,  # noqa: FBT001, FBT002 -- Airflow's signature
    session: Any = None,
    *,
    map_indexes: int | Iterable[int] | None = None,
    default: Any = None,
) -> Any:
    """Pull as `_xcom_pull` of 2.11 does: one value, or a sequence of all for a mapped task or for several."""
    del session
    one_task = task_ids is None or isinstance(task_ids, str)
    tasks: list[str | None] = [task_ids] if task_ids is None or isinstance(task_ids, str) else [*task_ids]
    indexes = None if map_indexes is None or isinstance(map_indexes, int) else [*map_indexes]
    index = map_indexes if isinstance(map_indexes, int) else None
    found = _matching(dag_id or self.dag_id, self.run_id, tasks, key, index, prior=include_prior_dates)
    if one_task and indexes is None:
        if not found:
            return default
        first = found[-1]
        if index is not None or first.map_index < 0:
            return plain(first, table().read(first))
        return _sequence(sorted(found, key=lambda one: one.map_index))
    if indexes is not None:
        found = [one for one in found if one.map_index in indexes]
    return _sequence(sorted(found, key=lambda one: (_rank(tasks, one.task_id), _rank(indexes, one.map_index))))


def _rank(order: list[Any] | None, value: Any) -> Any:
    return order.index(value) if order and value in order else value if isinstance(value, int) else 0


def _lazy_sequence() -> Any:
    """What 2.x gives for many XComs: LazyXComSelectSequence since 2.10, LazyXComAccess before (models/xcom.py)."""
    from airflow.models import xcom

    return xcom.LazyXComSelectSequence if versions.at_least(2, 10) else xcom.LazyXComAccess


def _sequence(keys: list[XComKey]) -> Any:
    """Return a lazy sequence of Airflow's own class, that reads here instead of in the DB."""
    base = _lazy_sequence()
    methods = {
        "__init__": lambda self, keys: setattr(self, "_keys", keys),
        "__len__": lambda self: len(self._keys),
        "__bool__": lambda self: bool(self._keys),
        "__iter__": lambda self: (plain(key, table().read(key)) for key in self._keys),
        "__reversed__": lambda self: (plain(key, table().read(key)) for key in reversed(self._keys)),
        "__getitem__": _item,
        "__reduce__": lambda self: (list, (list(self),)),
    }
    return type(base.__name__, (base,), methods)(keys)


def _item(self: Any, index: int | slice) -> Any:
    keys = self._keys[index]
    if isinstance(keys, list):
        return [plain(key, table().read(key)) for key in keys]
    return plain(keys, table().read(keys))


def _task_map_length(self: Any, run_id: str, *, session: Any = None) -> int | None:
    """Count as `_get_task_map_length` of 2.11: instances of a mapped task, elements of another one's value."""
    from airflow.models.mappedoperator import MappedOperator

    del session
    key = XComKey(dag_id=self.operator.dag_id, run_id=run_id, task_id=self.operator.task_id)
    if isinstance(self.operator, MappedOperator):
        return sum(one.map_index >= 0 for one in table().instances(key))
    return table().length(key)
