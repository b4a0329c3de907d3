"""Read attributes of DAGs and operators, whose classes may be the user's and hostile.

Every function gives plain data and raises nothing: a property that raises, exits or returns an odd type costs its own
field alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


def read(thing: Any, name: str, default: Any = None) -> Any:
    """As getattr, whatever a property of the user's raises."""
    try:
        return getattr(thing, name, default)
    except BaseException:  # noqa: BLE001 -- it may be SystemExit just as well
        return default


def attempt(compute: Callable[[], T], default: T) -> T:
    """Return what `compute` gives, or the default if it raises anything (endless recursion, for one)."""
    try:
        return compute()
    except BaseException:  # noqa: BLE001 -- it may be SystemExit just as well
        return default


def text(thing: Any, name: str) -> str | None:
    """Return a text, exactly of type str (enum members of Airflow's are texts too); None for anything else."""
    return plain_text(read(thing, name))


def plain_text(value: Any) -> str | None:
    """Return the characters of a str, without its subclass and that one's methods; None for anything else."""
    return str.__str__(value) if isinstance(value, str) else None


def number(thing: Any, name: str, default: int) -> int:
    """Return an int; a bool or anything else gives the default."""
    value = read(thing, name)
    return value if type(value) is int else default


def flag(thing: Any, name: str) -> bool:
    """Tell whether the attribute is True itself."""
    return read(thing, name) is True


def seconds(thing: Any, name: str) -> float | None:
    """Return a timedelta as seconds; None for anything else."""
    value = read(thing, name)
    return datetime.timedelta.total_seconds(value) if isinstance(value, datetime.timedelta) else None


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts in a list, tuple, set or dict (its keys), in its order; a lone text counts as one."""
    if isinstance(value, str):
        return (str.__str__(value),)
    if not isinstance(value, (list, tuple, set, frozenset, dict)):
        return ()
    return tuple(str.__str__(one) for one in value if isinstance(one, str))


def members(value: Any) -> Iterator[Any]:
    """Iterate over a list, tuple or set; over nothing for anything else."""
    if isinstance(value, (list, tuple, set, frozenset)):
        yield from value
