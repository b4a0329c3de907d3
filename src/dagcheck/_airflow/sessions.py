"""A session of the metadata DB while tasks run in memory: there is none, and whoever asks it is told so.

`airflow.utils.session.create_session` looks at `airflow.settings.Session` at every call, on all versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from dagcheck._airflow.metadata_db import MetadataDatabaseRefusedError
from dagcheck._airflow.patching import replaced

if TYPE_CHECKING:
    from typing_extensions import Self


class NoSession:
    """Can be opened, committed and closed, because Airflow does so around code that never uses it."""

    info: dict[str, Any] = {}  # noqa: RUF012 -- what a real one has

    def __call__(self) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def _nothing(self, *_arguments: Any) -> None:
        pass

    begin = commit = close = expunge_all = flush = remove = rollback = expunge = _nothing

    def merge(self, row: Any) -> Any:
        """Take a models/taskmap.py, the length of a value that tasks are mapped over: the table of XComs has it too."""
        if type(row).__name__ != "TaskMap":
            self.__getattr__("merge")
        return row

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse everything else: query, execute, scalar, add, get, bind ..."""
        if name.startswith("__"):
            raise AttributeError(name)
        raise MetadataDatabaseRefusedError(
            f"the metadata DB is used (session.{name}), but tasks run in memory, without one: "
            'give the task an outcome, or run the DAG with engine="airflow"'
        )


@contextmanager
def refused() -> Iterator[None]:
    """Let every session of Airflow's be one that refuses."""
    from airflow import settings

    with replaced(settings, Session=NoSession()):
        yield
