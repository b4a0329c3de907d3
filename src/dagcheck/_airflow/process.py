"""Airflow in this very process: in a throwaway home and without the metadata DB, whatever the machine's settings say.

Airflow reads its settings when it is imported, and most of them again from the environment whenever it needs one. So
the variables of `settings.hermetic` must be there before the first import, and stay.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dagcheck._airflow import classes
from dagcheck._airflow.settings import hermetic
from dagcheck.sandbox.environment import make_home


class AirflowImportedEarlierWarning(UserWarning):
    """Airflow was imported before dagcheck could give it a home of its own."""


@dataclass(frozen=True, slots=True)
class _Stay:
    """The throwaway home, the variables set for it and those that were there before, what Airflow put on sys.path."""

    home: Path
    own: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    on_path: list[str] = field(default_factory=list)


_stays: list[_Stay] = []


def home(dag_folders: Sequence[Path] = (), plugins_folder: Path | None = None) -> Path:
    """Import Airflow in a throwaway home, once per process, and return that home.

    All variables of the environment that begin with AIRFLOW go away and those of `settings.hermetic` come, until
    `leave`. If somebody else has imported Airflow already, its settings can no longer be changed: an
    AirflowImportedEarlierWarning says so, and the environment stays as it is.
    """
    if not _stays:
        folder = Path(tempfile.mkdtemp(prefix="dagcheck-"))
        make_home(folder)
        atexit.register(leave)
        if is_imported():
            _stays.append(_Stay(folder))
            warnings.warn(_told_of_earlier_import(), AirflowImportedEarlierWarning, stacklevel=2)
        else:
            _stays.append(_import_airflow(folder, hermetic(folder / "airflow", dag_folders, plugins_folder)))
    return _stays[0].home


def _import_airflow(folder: Path, own: dict[str, str]) -> _Stay:
    taken = [name for name in os.environ if name.startswith("AIRFLOW") or name in own]
    before = {name: os.environ.pop(name) for name in taken}
    os.environ.update(own)
    path = sys.path[:]
    with quiet():
        classes.dag_class()
    return _Stay(folder, own, before, [entry for entry in sys.path if entry not in path])


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
        sys.path[:] = [entry for entry in sys.path if entry not in stay.on_path]
        shutil.rmtree(stay.home, ignore_errors=True)
    _stays.clear()


def _told_of_earlier_import() -> str:
    from airflow.settings import AIRFLOW_HOME

    return (
        f"Airflow was imported before dagcheck could prepare for it, so it keeps its own settings (AIRFLOW_HOME is "
        f"{AIRFLOW_HOME}): call dagcheck.dagbag.prepare_airflow() at the top of conftest.py, before anything imports "
        "airflow"
    )


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
