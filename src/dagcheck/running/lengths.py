"""Over how many elements a task or a group is mapped: known while parsing, or from what upstream tasks return."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Known:
    """A literal list or dict of the DAG file."""

    length: int


@dataclass(frozen=True, slots=True)
class OutputOf:
    """The value that a task returns, or one value per instance if that task is mapped itself."""

    task_id: str


@dataclass(frozen=True, slots=True)
class Combined:
    """Several lengths: `expand(a=..., b=...)` is their product, `zip` the shortest or longest, `concat` the sum."""

    how: Literal["product", "shortest", "longest", "sum"]
    parts: tuple[Length, ...]


Length: TypeAlias = Known | OutputOf | Combined


@dataclass(frozen=True, slots=True)
class Expansion:
    """How a task or a group is mapped; `sources` are the tasks that it refers to, also those within its elements."""

    length: Length
    sources: tuple[str, ...] = ()


_COMBINE: dict[str, Callable[[list[int]], int]] = {
    "product": math.prod,
    "shortest": min,
    "longest": max,
    "sum": sum,
}


def measure(length: Length, output: Callable[[str], int | None]) -> int | None:
    """Return the length, asking `output` for those of upstream tasks; None while one of them is unknown."""
    if isinstance(length, Known):
        return length.length
    if isinstance(length, OutputOf):
        return output(length.task_id)
    found = [measure(part, output) for part in length.parts]
    known = [one for one in found if one is not None]
    if len(known) < len(found) or not found:
        return None if found else 0
    return _COMBINE[length.how](known)


def measured(length: Length) -> Iterator[str]:
    """Yield the ids of the tasks whose values decide the length."""
    if isinstance(length, OutputOf):
        yield length.task_id
    elif isinstance(length, Combined):
        for part in length.parts:
            yield from measured(part)
