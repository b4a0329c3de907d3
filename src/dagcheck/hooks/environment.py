"""Environment variables for as long as a block lasts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self


@contextmanager
def environment(values: Mapping[str, str | None]) -> Iterator[None]:
    """Set variables, or remove those whose value is None; afterwards they are as they were."""
    before = {name: os.environ.get(name) for name in values}
    _apply(values)
    try:
        yield
    finally:
        _apply(before)


def connections(conn_ids: Sequence[str], fields: Mapping[str, object]) -> dict[str, str | None]:
    """Return Airflow connections as variables, in JSON: every version and every child process reads those first."""
    return dict.fromkeys((f"AIRFLOW_CONN_{conn_id.upper()}" for conn_id in conn_ids), json.dumps(fields))


class Connected:
    """The connections that lead to the far end of one mock; while the block lasts, more may be added."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self._fields = fields
        self._stack = ExitStack()

    def add(self, conn_ids: Sequence[str]) -> None:
        """Let these connections lead there too."""
        self._stack.enter_context(environment(connections(conn_ids, self._fields)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _apply(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
