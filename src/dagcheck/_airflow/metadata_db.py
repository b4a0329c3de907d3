"""Refuse Airflow's metadata DB to DAG files, and tell who asked.

The seam is the moment at which SQLAlchemy opens a connection: a session that is made but never used (2.x makes one for
every SubDagOperator) is nobody's fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from dagcheck._airflow import versions
from dagcheck._airflow.patching import replaced
from dagcheck._airflow.settings import NO_DATABASE
from dagcheck.sandbox.refusals import RefusedError

_PATH = NO_DATABASE.removeprefix("sqlite:///")
_for_good = ExitStack()
_on_use: list[Callable[[], None]] = []


class MetadataDatabaseRefusedError(RefusedError, RuntimeError):
    """A DAG file used the metadata DB while it was parsed."""


def install(on_use: Callable[[], None]) -> None:
    """From now on every use of the metadata DB calls `on_use`, then raises MetadataDatabaseRefusedError.

    Covers sessions and engines of `airflow.settings` (also after `configure_orm`) and engines that a file makes
    itself from `database.sql_alchemy_conn`. A second call replaces the first one's `on_use`.
    """
    if not _on_use:
        _watch_connects()
        _for_good.enter_context(own_queries_answered())
    _on_use[:] = [on_use]


def refuse(what: str) -> NoReturn:
    """Report a use of the metadata DB and raise; `what` says which, in a few words."""
    for on_use in _on_use:
        on_use()
    raise MetadataDatabaseRefusedError(
        f"{what} while the DAG file is parsed: the metadata DB is not there, and every parse of the file would "
        "query it; move this into a task"
    )


def _watch_connects() -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "do_connect")
    def refuse_metadata_db(_dialect: Any, _record: Any, arguments: list[Any], _keywords: dict[str, Any]) -> None:
        if arguments and str(arguments[0]).removeprefix("file:").split("?")[0] == _PATH:
            refuse("Airflow's metadata DB is used")


@contextmanager
def own_queries_answered() -> Iterator[None]:
    """Answer, as an empty DB would, what Airflow itself asks while it makes a DAG.

    2.10 and 2.11 look up the datasets of an alias (datasets/__init__.py), 2.x the slots of a sub-DAG's pool
    (operators/subdag.py).
    """
    with ExitStack() as stack:
        if not versions.at_least(3, 0):
            from airflow.operators.subdag import SubDagOperator

            stack.enter_context(replaced(SubDagOperator, _validate_pool=lambda _self, _session: None))
        if versions.at_least(2, 10) and not versions.at_least(3, 0):
            from airflow import datasets

            stack.enter_context(replaced(datasets, expand_alias_to_datasets=lambda _alias, **_session: []))
        yield
