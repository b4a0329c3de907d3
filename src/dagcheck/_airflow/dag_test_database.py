"""Airflow's metadata DB for the time of one run: a fresh copy of the template, to which Airflow's ORM is pointed.

A fresh copy for every run: `dag.test()` for a date that is in the DB already deletes the old run, which fails on 2.x
where the models of the FAB provider are not imported (NoReferencedTableError for ab_user), and keeps its history.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from dagcheck._airflow import versions

BUNDLE = "dagcheck"  # of DAG bundles, 3.x
_ORM = ("engine", "Session", "NonScopedSession", "async_engine", "AsyncSession", "SQL_ALCHEMY_CONN",
        "SQL_ALCHEMY_CONN_ASYNC")  # fmt: skip


@contextlib.contextmanager
def fresh_database(template: Path) -> Iterator[None]:
    """Point Airflow's ORM of this process at a new copy of `template`; afterwards at what it was pointed at before."""
    from airflow import settings

    place = _place(os.getpid())
    for suffix in ("", "-wal", "-shm"):
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(template, place)
    with contextlib.ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, _configuration(place)))
        stack.enter_context(patch.multiple(settings, **_orm(os.getpid())))
        stack.enter_context(_without_older_session())
        try:
            yield
        finally:
            _disconnect(settings)


def _without_older_session() -> Any:
    """2.8 to 2.11 keep the session of a mapped task that was rendered outside of a run, and then refuse every run."""
    if versions.at_least(3, 0) or not versions.at_least(2, 8):
        return contextlib.nullcontext()
    from airflow.utils import task_instance_session

    return patch.object(task_instance_session, "__current_task_instance_session", None)


@functools.cache
def _place(pid: int) -> Path:
    """The same file for every run of a process, so that its engines can stay."""
    folder = tempfile.mkdtemp(prefix="dagcheck-")
    atexit.register(_remove, folder, pid)
    Path(folder, "dags").mkdir()
    return Path(folder, "airflow.db")


def _remove(folder: str, pid: int) -> None:
    if os.getpid() == pid:  # not in a fork
        shutil.rmtree(folder, ignore_errors=True)


def _configuration(place: Path) -> dict[str, str]:
    """The environment of a run; on 3.x with one bundle that holds no file: nothing is parsed again (3.3 does)."""
    bundle = {
        "name": BUNDLE,
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(place.parent / "dags")},
    }
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{place}",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
    }


@functools.cache
def _orm(_pid: int) -> dict[str, Any]:
    """Let Airflow configure itself for the file that the environment names; return the attributes of `settings`."""
    from airflow import settings
    from sqlalchemy import event

    before = {name: value for name, value in vars(settings).items() if name in _ORM}
    try:
        settings.configure_vars()
        settings.configure_orm()
        made = {name: vars(settings)[name] for name in before}
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
    for engine in _engines(made):
        event.listen(engine, "connect", _never_wait_for_the_disk)
    return made


def _engines(attributes: Mapping[str, Any]) -> Iterator[Any]:
    if attributes.get("engine") is not None:
        yield attributes["engine"]
    if attributes.get("async_engine") is not None:  # 3.x
        yield attributes["async_engine"].sync_engine


def _never_wait_for_the_disk(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


def _disconnect(settings: Any) -> None:
    """No connection may outlive its file: the next run puts another one in its place."""
    settings.Session.remove()
    for engine in _engines(vars(settings)):
        engine.dispose()


def write_dag(dag: Any) -> None:
    """Serialise a DAG into the metadata DB, where `dag.test()` of 3.x wants it or its assets; raises ValueError.

    As `sync_bag_to_db` does (models/dagbag.py of 3.1, dag_processing/dagbag.py of 3.2 and 3.3), without a bag: the
    DAG need not lie in a file of a bundle, or in any file.
    """
    if not versions.at_least(3, 0):
        return
    from airflow.dag_processing.collection import update_dag_parsing_results_in_db
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.session import create_session

    in_file = os.path.isfile(dag.fileloc or "")
    errors: dict[Any, str] = {}
    # airflow/models/dagcode.py (get_code_from_file) wants the source, but for Airflow's own unit tests
    with patch.dict(os.environ, {} if in_file else {"AIRFLOW__CORE__UNIT_TEST_MODE": "True"}):
        with create_session() as session:
            session.merge(DagBundleModel(name=BUNDLE))
        with create_session() as session:
            update_dag_parsing_results_in_db(
                bundle_name=BUNDLE, bundle_version=None, dags=_serialised(dag), import_errors=errors,
                warnings=set(), session=session, **({"parse_duration": None} if versions.at_least(3, 1) else {}),
            )  # fmt: skip
    if errors:
        raise ValueError(f"Airflow cannot serialise the DAG {dag.dag_id!r}: {next(iter(errors.values()))}")


def _serialised(dag: Any) -> list[Any]:
    from airflow.serialization.serialized_objects import LazyDeserializedDAG, SerializedDAG

    if versions.at_least(3, 1):
        return [LazyDeserializedDAG.from_dag(dag)]
    written = SerializedDAG.to_dict(dag)
    written["dag"].setdefault("relative_fileloc", None)  # which a DagBag sets
    return [LazyDeserializedDAG(data=written)]
