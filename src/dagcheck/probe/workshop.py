"""Imports Airflow once and prepares everything that the forked workers share."""

from __future__ import annotations

import datetime
import gc
import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType

from dagcheck._airflow import creation, metadata_db, process, stores, warmup
from dagcheck.probe.child import Child, Entry
from dagcheck.probe.loader import Loader
from dagcheck.probe.parse_clock import ParseClock
from dagcheck.probe.schedule import Run
from dagcheck.probe.settings import ProbeSettings
from dagcheck.probe.supervisor import Supervisor, WorkerBrokenError
from dagcheck.probe.worker import Watch, Worker, note_exits
from dagcheck.sandbox.clients import ClientWatcher
from dagcheck.sandbox.guard import Guard
from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.policy import Policy
from dagcheck.sandbox.pristine import Pristine
from dagcheck.sandbox.seal import sealed, shielded
from dagcheck.sandbox.usercode import UserCode
from dagcheck.sweeping.calendar import Span
from dagcheck.sweeping.sweep import sweep
from dagcheck.tables import Access

_DISCOVERY_SECONDS = 120.0


class Workshop:
    """The warm process: Airflow imported, its seams in place, the picture for comparison taken.

    A forked worker still has the frames of this object's methods below its own: all that DAG code must not reach is
    sealed.
    """

    def __init__(self, settings: ProbeSettings) -> None:
        self._settings = settings
        self._code = _user_code(settings)
        self._put_on_path()
        with process.without_collections():
            warmup.warm_up()
            self._new_entry = sealed(_equipped(settings))
            self._modules = 0  # how many were there when the worker was made
            self._enter = self._new_entry({})  # will do to look for DAG files

    def discover(self) -> list[str]:
        """Return the absolute paths of the DAG files, as a worker found them."""
        child = Child(Run(alone=True), self._enter, self._code.own)
        try:
            command = {"kind": "discover", "folders": list(self._settings.folders)}
            head, body = child.ask_and_wait(command, _DISCOVERY_SECONDS)
            if head["kind"] == "broken":
                raise WorkerBrokenError(head["traceback"])
        except EOFError:
            raise WorkerBrokenError(f"the search for DAG files ended: {child.failure('crash').output}") from None
        else:
            files: list[str] = json.loads(body)
            return files
        finally:
            child.end()

    def supervisor(self, files: list[str], say: Callable[..., None], *, reaps: bool) -> Supervisor:
        """Return a supervisor whose workers are forks of this process, made warm for these files."""
        warmup.warm_up_for(map(Path, files))
        if self._settings.sweep_seconds and warmup.speak_of_branches(map(Path, files)):
            warmup.quietly(_sweep_sample)
        if len(sys.modules) != self._modules:
            self._modules = len(sys.modules)
            self._enter = self._new_entry(sys.modules)
        code = self._code
        return Supervisor(self._settings, self._enter, code.relative, code.own, say, reaps=reaps)

    def _put_on_path(self) -> None:
        """The folders' own modules can be imported, as Airflow 2 and Airflow 3's bundles make it."""
        folders = [folder for folder in self._settings.folders if not folder.endswith((".py", ".zip"))]
        for entry in (*folders, *self._settings.pythonpath):
            if entry not in sys.path:
                sys.path.append(entry)


def _equipped(settings: ProbeSettings) -> Callable[[Mapping[str, ModuleType]], Entry]:
    """Put every seam in place; returns what makes a worker and says how to enter it."""
    code = _user_code(settings)
    ledger = Ledger(code)
    policy = Policy(hosts=settings.hosts, commands=settings.commands, writable=(settings.home, *settings.writable))
    guard = Guard(ledger, policy, lambda frame: frame and code.find(frame))
    shown = _user_code(settings)  # another one, which DAG code may find and change
    log = creation.install(shown.place)
    written = stores.install(settings.variables, settings.connections, sealed(_on_access(ledger)))
    metadata_db.install(sealed(lambda: ledger.note("database", "the metadata DB")))
    note_exits(ledger)
    clock = ParseClock()
    clock.install()
    ClientWatcher(shielded(guard.connection)).install()
    guard.install()

    span = Span(_date(settings.sweep_start), settings.sweep_years)
    runs = partial(sweep, span=span, seconds=settings.sweep_seconds) if settings.sweep_seconds else None

    def forget() -> None:
        ledger.clear()
        written.clear()

    def new_entry(modules: Mapping[str, ModuleType]) -> Entry:
        """Take the picture of these modules; what is imported later is no part of it."""
        pristine = Pristine(modules, _is_ours_or_core)
        loader = Loader(
            shown, log, sealed(pristine.restore_core), settings.clock_shift, runs, with_sql=settings.with_sql
        )
        gc.freeze()  # what is here now is shared by all workers: no collection need touch it
        return sealed(Worker(settings, loader, Watch(code, guard, ledger, pristine, clock, forget)).enter)

    return new_entry


def _date(text: str | None) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)


def _sweep_sample() -> None:
    """Import what runs need, by making a few."""
    sweep(warmup.sample_dag(), Span(datetime.date(2024, 12, 25), 1), seconds=5.0)


def _user_code(settings: ProbeSettings) -> UserCode:
    return UserCode(settings.rootdir, settings.folders, settings.pythonpath)


def _on_access(ledger: Ledger) -> Callable[[Access], None]:
    def on_access(access: Access) -> None:
        ledger.note(access.kind, access.key, refused=not access.found)

    return on_access


def _is_ours_or_core(name: str) -> bool:
    """Modules whose classes are worth a look: ours, Airflow's, and the standard library's that DAG files meet."""
    return name.partition(".")[0] in ("airflow", "dagcheck", "datetime", "json", "logging", "pathlib", "time")
