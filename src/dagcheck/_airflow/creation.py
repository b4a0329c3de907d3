"""Where in the user's files each DAG and task was made.

Airflow forgets it, so its classes are watched at the two places that every DAG and every task passes, neither of
which shows in a signature, a warning's stack level or `__wrapped__`: a DAG makes its root task group
(`TaskGroup.create_root`; models/dag.py of 2.x, sdk/definitions/dag.py of 3.x), an operator initialises its base
class. A mapped operator is an attrs class and ends its own initialisation with `__attrs_post_init__`.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Any

from dagcheck._airflow import classes

Location = tuple[str, int]
Find = Callable[[FrameType], "Location | None"]


@dataclass(slots=True)
class _Made:
    """One object (kept alive, so that its id stays its own) and the user's lines that led to it, innermost first."""

    thing: Any
    is_dag: bool
    lines: tuple[Location, ...]
    order: int


@dataclass(frozen=True, slots=True)
class Taskless:
    """A task that no DAG took."""

    task_id: str
    file: str | None
    line: int | None


class CreationLog:
    """What was made since the last `clear`, and from where.

    Whether `find` knows a frame must depend on the file of its code alone: the answer is remembered per file name.
    """

    def __init__(self, find: Find) -> None:
        self._find = find
        self._known: dict[str, bool] = {}
        self._made: dict[int, _Made] = {}
        self._factories: dict[str, None] = {}

    def clear(self) -> None:
        """Forget everything; to be called between files."""
        self._known.clear()
        self._made.clear()
        self._factories.clear()

    @property
    def factories(self) -> tuple[str, ...]:
        """`file:first line` of every function of the user's that ran while a DAG or task was made, in that order."""
        return tuple(self._factories)

    @property
    def taskless(self) -> tuple[Taskless, ...]:
        """Tasks that were made outside any DAG and still have none, in order."""
        return tuple(_without_dag(self._made.values()))

    def location_of(self, thing: Any) -> Location | None:
        """Return the user's innermost file and line that made a DAG or task.

        The `__init__` of an operator or DAG class of the user's does not count: its caller does. A copied task has
        the place of its original, as long as that can be told from its class and id.
        """
        made = self._of(thing)
        return made.lines[0] if made and made.lines else None

    def line_in(self, thing: Any, file: str) -> int | None:
        """Return the innermost line of `file` that led to a DAG or task; None if it was made by other files alone."""
        made = self._of(thing)
        return next((line for name, line in made.lines if name == file), None) if made else None

    def order_of(self, thing: Any) -> int:
        """Return a number that grows in the order in which things were made; unknown ones come last."""
        made = self._of(thing)
        return made.order if made else sys.maxsize

    def note(self, thing: Any, *, is_dag: bool = False) -> None:
        """Remember where `thing` is being made; called by the patched classes."""
        if id(thing) not in self._made:
            lines = tuple(self._user_lines(thing))
            self._made[id(thing)] = _Made(thing, is_dag, lines, len(self._made))

    def _user_lines(self, thing: Any) -> Iterator[Location]:
        frame: FrameType | None = sys._getframe(3)  # inspect.stack would read source files
        known = self._known
        while frame is not None:
            code = frame.f_code
            user = known.get(code.co_filename)
            if user is not False:
                found = self._find(frame)
                if user is None:
                    known[code.co_filename] = found is not None
                if found is not None:
                    if code.co_flags & CO_OPTIMIZED:
                        self._factories[f"{found[0]}:{code.co_firstlineno}"] = None
                    if code.co_name != "__init__" or not _initialises(frame, thing):
                        yield found
            frame = frame.f_back

    def _of(self, thing: Any) -> _Made | None:
        made = self._made.get(id(thing))
        if made is not None:
            return made
        twins = {m.lines: m for m in self._made.values() if _same_task(m, thing)}
        return next(iter(twins.values())) if len(twins) == 1 else None


_active: list[CreationLog] = []


def install(find: Find) -> CreationLog:
    """Watch Airflow's classes from now on; `find` gives file and line of a frame of the user's, else None."""
    log = CreationLog(find)
    if not _active:
        _watch_dags(classes.task_group())
        _watch_operators(classes.abstract_operator())
        _watch_mapped(classes.mapped_operator())
    _active[:] = [log]
    return log


def order_of(thing: Any) -> int:
    """As `CreationLog.order_of`, of the log that is installed; every thing is alike while none is."""
    return _active[0].order_of(thing) if _active else sys.maxsize


def _note(thing: Any, *, is_dag: bool = False) -> None:
    for log in _active:
        log.note(thing, is_dag=is_dag)


def _watch_dags(group: Any) -> None:
    create_root = group.create_root.__func__

    @functools.wraps(create_root)
    def watched(cls: Any, dag: Any) -> Any:
        _note(dag, is_dag=True)
        return create_root(cls, dag=dag)

    group.create_root = classmethod(watched)


def _watch_operators(operator: Any) -> None:
    """Give AbstractOperator the `__init__` that it lacks; BaseOperator's calls it through super()."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 -- it becomes the method
        _note(self)
        super(operator, self).__init__(*args, **kwargs)

    operator.__init__ = __init__


def _watch_mapped(mapped: Any) -> None:
    post_init = mapped.__attrs_post_init__

    @functools.wraps(post_init)
    def watched(self: Any) -> None:
        _note(self)
        post_init(self)

    mapped.__attrs_post_init__ = watched


def _initialises(frame: FrameType, thing: Any) -> bool:
    code = frame.f_code
    return bool(code.co_argcount) and frame.f_locals.get(code.co_varnames[0]) is thing


def _same_task(made: _Made, thing: Any) -> bool:
    if made.is_dag or type(made.thing) is not type(thing):
        return False
    task_id = _plain(made.thing, "task_id")
    return isinstance(task_id, str) and task_id == _plain(thing, "task_id")


def _without_dag(made: Iterable[_Made]) -> Iterator[Taskless]:
    for one in made:
        if one.is_dag or _plain(one.thing, "_dag") is not None or _plain(one.thing, "dag") is not None:
            continue
        task_id = _plain(one.thing, "task_id")
        if isinstance(task_id, str) and _complete(one.thing):
            file, line = one.lines[0] if one.lines else (None, None)
            yield Taskless(task_id, file, line)


def _complete(thing: Any) -> bool:
    """An operator whose constructor raised is no task."""
    return isinstance(thing, classes.mapped_operator()) or _plain(thing, "_BaseOperator__instantiated") is True


def _plain(thing: Any, name: str) -> Any:
    """Read an attribute without running a property or `__getattr__` of the user's."""
    if isinstance(thing, classes.mapped_operator()):  # a class of Airflow's, with slots
        return getattr(thing, name, None)
    return object.__getattribute__(thing, "__dict__").get(name)
