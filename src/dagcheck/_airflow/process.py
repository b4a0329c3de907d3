"""Airflow in this very process: in a throwaway home and without the metadata DB, whatever the machine's settings say.

Airflow reads its settings when it is imported, and most of them again from the environment whenever it needs one. So
the variables of `settings.hermetic` must be there before the first import, and stay.
"""

from __future__ import annotations

import atexit
import gc
import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dagcheck._airflow import classes
from dagcheck._airflow.settings import hermetic
from dagcheck.sandbox.environment import make_home


class AirflowImportedEarlierWarning(UserWarning):
    """Airflow was imported before dagcheck could give it a home of its own."""


@dataclass(frozen=True, slots=True)
class _Stay:
    """The throwaway home, the variables set for it, and the variables and sys.path that were there before."""

    home: Path
    own: dict[str, str]
    before: dict[str, str]
    path: list[str]


_stays: list[_Stay] = []
_NONE: Mapping[str, str] = {}


def move_in(
    dag_folders: Sequence[Path] = (), plugins_folder: Path | None = None, settings: Mapping[str, str] = _NONE
) -> Path:
    """Give the Airflow of this process a throwaway home, once, and return the home; Airflow is not imported.

    All variables of the environment that begin with AIRFLOW go away and those of `settings.hermetic` come, and over
    them `settings` (AIRFLOW__SECTION__KEY), until `leave`. If somebody else has imported Airflow already, its settings
    can no longer be changed: an AirflowImportedEarlierWarning says so, and the environment stays as it is.
    """
    if not _stays:
        folder = Path(tempfile.mkdtemp(prefix="dagcheck-"))
        make_home(folder)
        atexit.register(leave)
        if is_imported():
            _stays.append(_Stay(folder, {}, {}, sys.path[:]))
            warnings.warn(_told_of_earlier_import(), AirflowImportedEarlierWarning, stacklevel=2)
        else:
            own = {**hermetic(folder / "airflow", dag_folders, plugins_folder), **settings}
            taken = [name for name in os.environ if name.startswith("AIRFLOW") or name in own]
            _stays.append(_Stay(folder, own, {name: os.environ.pop(name) for name in taken}, sys.path[:]))
            os.environ.update(own)
    return _stays[0].home


def import_airflow() -> None:
    """Import Airflow, which warns and replaces the handlers of the root logger, without that."""
    if not is_imported():
        with quiet(), without_collections():
            classes.dag_class()


def is_imported() -> bool:
    """Tell whether anybody has imported Airflow; a namespace left behind by a provider is not Airflow."""
    return getattr(sys.modules.get("airflow"), "__file__", None) is not None


def leave() -> None:
    """Remove the home and give the environment back; Airflow stays imported. Safe to call more than once."""
    atexit.unregister(leave)
    for stay in _stays:
        for name in stay.own:
            os.environ.pop(name, None)
        os.environ.update(stay.before)
        sys.path[:] = [entry for entry in sys.path if entry in stay.path or not _is_airflows(entry, stay)]
        shutil.rmtree(stay.home, ignore_errors=True)
    _stays.clear()


def _is_airflows(entry: str, stay: _Stay) -> bool:
    """True for what importing Airflow puts on sys.path: folders of its home, and on 2.x the DAG folder."""
    return entry.startswith(str(stay.home)) or entry == stay.own.get("AIRFLOW__CORE__DAGS_FOLDER")


def _told_of_earlier_import() -> str:
    from airflow.settings import AIRFLOW_HOME

    return (
        f"Airflow was imported before dagcheck could prepare for it, so it keeps its own settings (AIRFLOW_HOME is "
        f"{AIRFLOW_HOME}). Set dagcheck_hermetic = true in pytest's own configuration, or call "
        "dagcheck.dagbag.prepare_airflow() before anything imports airflow"
    )


@contextmanager
def without_collections() -> Iterator[None]:
    """Imports make many objects to look through, and little garbage: they are a sixth of the time of Airflow's."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def quiet() -> Iterator[None]:
    """Let what is imported inside neither warn nor replace the handlers of the root logger, which may be pytest's."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
