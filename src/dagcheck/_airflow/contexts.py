"""The context of one try: every key that the installed version has, with values of its own classes.

3.x: `RuntimeTaskInstance.get_template_context` of the installed SDK (sdk/execution_time/task_runner.py), which asks its
supervisor late. 2.x: `TaskInstance.get_template_context` (models/taskinstance.py), with what it would ask of the
metadata DB answered, and computed only when read: next_ds and its like cost several look-ups in the schedule.
Params are validated as Airflow does, once per task.
"""

from __future__ import annotations

import copy
import functools
from collections import defaultdict
from collections.abc import Callable, ItemsView, Iterator, ValuesView
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from dagcheck._airflow import versions

_PLAIN = (str, int, float, bool, type(None))


class Contexts:
    """Makes the contexts of runs of one DAG with one `conf`."""

    def __init__(self, dag: Any, conf: dict[str, Any]) -> None:
        self._params = _Params(dag, conf)

    def of(self, instance: Any, count: int | None = None) -> Any:
        """Return the context of a TaskInstance; raises what Airflow raises for params that are not valid.

        `count`: how many instances a mapped task has in this run (`expanded_ti_count` of 2.x).
        """
        params = self._params.of(instance.task)
        if versions.at_least(3, 0):
            return _sdk_context(instance, params)
        return _orm_context(instance, params, count)


def current(context: Any) -> AbstractContextManager[Any]:
    """Make `get_current_context()` return this context."""
    if versions.at_least(3, 0):
        from airflow.sdk.execution_time.context import set_current_context as set_sdk_context

        return set_sdk_context(context)  # type: ignore[no-any-return, unused-ignore]
    from airflow.models.taskinstance import set_current_context

    return set_current_context(context)  # type: ignore[no-any-return, unused-ignore]


class _Params:
    """Validated params of each task; a copy for every try, so that no task changes another's."""

    def __init__(self, dag: Any, conf: dict[str, Any]) -> None:
        self._dag = dag
        self._conf = conf
        self._known: dict[str, dict[str, Any]] = {}

    def of(self, task: Any) -> dict[str, Any]:
        known = self._known.get(task.task_id)
        if known is None:
            known = self._known[task.task_id] = self._process(task)
        if all(isinstance(value, _PLAIN) for value in known.values()):
            return dict(known)
        return copy.deepcopy(known)

    def _process(self, task: Any) -> dict[str, Any]:
        """2.x and 3.x differ in what carries the conf (models/param.py, sdk/definitions/param.py)."""
        if versions.at_least(3, 0):
            from airflow.sdk.definitions.param import process_params

            with params_kept(self._dag, task):
                return dict(process_params(self._dag, task, self._conf, suppress_exception=False))
        from airflow.models import param

        with params_kept(self._dag, task):
            return dict(param.process_params(self._dag, task, _Conf(self._conf), suppress_exception=False))


@contextmanager
def params_kept(*owners: Any) -> Iterator[None]:
    """Afterwards the params of a DAG and its tasks have the values that they had.

    process_params writes the run's conf into the very Param objects of the DAG (`ParamsDict.__setitem__` in
    models/param.py, sdk/definitions/param.py), and the next run in this process would begin with it.
    """
    params = [one for owner in owners for one in (owner.params or {}).values() if hasattr(one, "resolve")]
    values = [param.value for param in params]
    try:
        yield
    finally:
        for param, value in zip(params, values, strict=True):
            param.value = value


class _Conf:
    """What process_params of 2.x reads of a DagRun."""

    def __init__(self, conf: dict[str, Any]) -> None:
        self.conf = conf


def _sdk_context(instance: Any, params: dict[str, Any]) -> Any:
    from airflow.sdk.execution_time import task_runner

    process = task_runner.process_params
    task_runner.process_params = lambda *_args, **_options: params
    try:
        return instance.get_template_context()
    finally:
        task_runner.process_params = process


def _orm_context(instance: Any, params: dict[str, Any], count: int | None) -> Any:
    from airflow.utils.context import Context

    keys = _keys(instance)
    cheap = {**_cheap(instance), **_accessors(instance.task, keys), "params": params, "expanded_ti_count": count}
    return Context(_LazyValues(keys, cheap, functools.partial(_asked, instance)))


def _asked(instance: Any) -> dict[str, Any]:
    """Ask Airflow itself; its session is only handed on, because nothing of the DB is reached this way."""
    task = instance.task
    instance.__dict__["task"] = _Uncounted(task)
    try:
        context = instance.get_template_context(session=object(), ignore_param_exceptions=True)
    finally:
        instance.__dict__["task"] = task
    return dict(context._context)  # noqa: SLF001 -- reading through it would warn of every old key


class _Uncounted:
    """A task, but for the look in the DB for how many instances it has."""

    def __init__(self, task: Any) -> None:
        self._task = task

    def __getattr__(self, name: str) -> Any:
        return getattr(self._task, name)

    def get_mapped_ti_count(self, run_id: str, *, session: Any) -> None:
        """Take the place of AbstractOperator.get_mapped_ti_count."""


_key_sets: list[tuple[str, ...]] = []


def _keys(instance: Any) -> tuple[str, ...]:
    """Return the keys of the installed version, the same for every task."""
    if not _key_sets:
        _key_sets.append(tuple(_asked(instance)))
    return _key_sets[0]


def _cheap(instance: Any) -> dict[str, Any]:
    """The plain values, as `_get_template_context` of 2.11 makes them (the same since 2.7)."""
    from airflow.utils import timezone

    task, run = instance.task, instance.dag_run
    logical_date = timezone.coerce_datetime(run.execution_date)
    ds = logical_date.strftime("%Y-%m-%d")
    ds_nodash = ds.replace("-", "")
    ts = logical_date.isoformat()
    return {
        "dag": task.dag,
        "dag_run": run,
        "data_interval_end": timezone.coerce_datetime(run.data_interval_end),
        "data_interval_start": timezone.coerce_datetime(run.data_interval_start),
        "ds": ds,
        "ds_nodash": ds_nodash,
        "execution_date": logical_date,
        "inlets": task.inlets,
        "logical_date": logical_date,
        "outlets": task.outlets,
        "run_id": instance.run_id,
        "task": task,
        "task_instance": instance,
        "task_instance_key_str": f"{task.dag_id}__{task.task_id}__{ds_nodash}",
        "test_mode": False,
        "ti": instance,
        "triggering_dataset_events": defaultdict(list),
        "ts": ts,
        "ts_nodash": logical_date.strftime("%Y%m%dT%H%M%S"),
        "ts_nodash_with_tz": ts.replace("-", "").replace(":", ""),
    }


def _accessors(task: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    """The objects behind which something is looked up later; 2.9 brought map_index_template, 2.10 outlet_events."""
    from airflow import macros
    from airflow.utils import context

    json, value = context.VariableAccessor(deserialize_json=True), context.VariableAccessor(deserialize_json=False)
    made = {"conn": context.ConnectionAccessor(), "macros": macros, "var": {"json": json, "value": value}}
    if "map_index_template" in keys:
        made["map_index_template"] = task.map_index_template
    if "outlet_events" in keys:
        made["outlet_events"] = context.OutletEventAccessors()
    return made


_UNREAD = object()


class _LazyValues(dict[str, Any]):
    """The dict in a 2.x Context: has all keys at once, computes the costly values on the first reading of one."""

    def __init__(self, keys: tuple[str, ...], known: dict[str, Any], rest: Callable[[], dict[str, Any]]) -> None:
        super().__init__(dict.fromkeys(keys, _UNREAD))
        self.update(known)
        self._rest = rest

    def __getitem__(self, key: str) -> Any:
        if super().__getitem__(key) is _UNREAD:
            self._fill()
        return super().__getitem__(key)

    def _fill(self) -> None:
        rest = self._rest()
        for key, value in list(super().items()):
            if value is _UNREAD:
                self[key] = rest[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in self else default  # noqa: SIM401 -- that would be itself

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        """What `**context` is made of (lazy_mapping_from_context, utils/context.py): costly values stay unread."""
        return {key: self._lazily(key) for key in self}.items()

    def _lazily(self, key: str) -> Any:
        value = super().__getitem__(key)
        if value is not _UNREAD:
            return value
        import lazy_object_proxy

        return lazy_object_proxy.Proxy(functools.partial(self.__getitem__, key))

    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        return ValuesView(self)

    def copy(self) -> dict[str, Any]:
        return dict(self.items())

    __copy__ = copy

    def __iter__(self) -> Iterator[str]:  # overridden, so that dict(self) and {**self} go through __getitem__
        return super().__iter__()
