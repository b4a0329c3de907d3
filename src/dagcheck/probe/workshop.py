"""Imports Airflow once and prepares everything that the forked workers share."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

from dagcheck._airflow import creation, metadata_db, stores, warmup
from dagcheck.probe.child import Child
from dagcheck.probe.loader import Loader
from dagcheck.probe.schedule import Run
from dagcheck.probe.settings import ProbeSettings
from dagcheck.probe.supervisor import Supervisor, WorkerBrokenError
from dagcheck.probe.worker import Worker, note_exits
from dagcheck.sandbox.clients import ClientWatcher
from dagcheck.sandbox.guard import Guard
from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.policy import Policy
from dagcheck.sandbox.pristine import Pristine
from dagcheck.sandbox.usercode import UserCode
from dagcheck.tables import Access

_DISCOVERY_SECONDS = 120.0


class Workshop:
    """The warm process: Airflow imported, its seams in place, the picture for comparison taken."""

    def __init__(self, settings: ProbeSettings) -> None:
        self._settings = settings
        self._code = UserCode(settings.rootdir, settings.folders, settings.pythonpath)
        self._put_on_path()
        gc.disable()  # imports make many objects to look through, and little garbage
        warmup.warm_up()
        self._ledger = Ledger(self._code)
        self._guard = Guard(self._ledger, self._policy(), lambda frame: frame and self._code.find(frame))
        self._log = creation.install(self._code.place)
        self._written = stores.install(settings.variables, settings.connections, _on_access(self._ledger))
        metadata_db.install(lambda: self._ledger.note("database", "the metadata DB"))
        note_exits(self._ledger)
        ClientWatcher(self._guard.connection).install()
        self._guard.install()
        self._modules = 0  # how many were there when the worker was made
        self._worker = self._make_worker({})  # will do to look for DAG files
        gc.enable()

    def _make_worker(self, modules: Mapping[str, ModuleType]) -> Worker:
        """Take the picture of these modules; what is imported later is no part of it."""
        pristine = Pristine(modules, _is_airflow_or_core)
        memories = (self._ledger, self._written)
        shift = self._settings.clock_shift
        loader = Loader(self._code, self._guard, self._log, pristine.restore_core, memories, shift)
        gc.freeze()  # what is here now is shared by all workers: no collection need touch it
        return Worker(self._settings, self._code, loader, self._guard, pristine, self._ledger)

    def discover(self) -> list[str]:
        """Return the absolute paths of the DAG files, as a worker found them."""
        child = Child(Run(alone=True), self._worker.enter, self._code.own)
        try:
            child.ask({"kind": "discover", "folders": list(self._settings.folders)}, _DISCOVERY_SECONDS)
            child.sock.settimeout(_DISCOVERY_SECONDS)
            while True:
                for head, body in child.answers():
                    if head["kind"] != "files":
                        raise WorkerBrokenError(head["traceback"])
                    files: list[str] = json.loads(body)
                    return files
        except EOFError:
            raise WorkerBrokenError(f"the search for DAG files ended: {child.failure('crash').output}") from None
        finally:
            child.end()

    def supervisor(self, files: list[str], say: Callable[..., None], *, reaps: bool) -> Supervisor:
        """Return a supervisor whose workers are forks of this process, made warm for these files."""
        warmup.warm_up_for(map(Path, files))
        if len(sys.modules) != self._modules:
            self._modules = len(sys.modules)
            self._worker = self._make_worker(sys.modules)
        code = self._code
        return Supervisor(self._settings, self._worker.enter, code.relative, code.own, say, reaps=reaps)

    def _put_on_path(self) -> None:
        """The folders' own modules can be imported, as Airflow 2 and Airflow 3's bundles make it."""
        folders = [folder for folder in self._settings.folders if not folder.endswith((".py", ".zip"))]
        for entry in (*folders, *self._settings.pythonpath):
            if entry not in sys.path:
                sys.path.append(entry)

    def _policy(self) -> Policy:
        settings = self._settings
        return Policy(hosts=settings.hosts, commands=settings.commands, writable=(settings.home, *settings.writable))


def _on_access(ledger: Ledger) -> Callable[[Access], None]:
    def on_access(access: Access) -> None:
        ledger.note(access.kind, access.key, refused=not access.found)

    return on_access


def _is_airflow_or_core(name: str) -> bool:
    """Modules whose classes are worth a look: Airflow's own, and the standard library's that DAG files meet."""
    return (
        name == "airflow" or name.startswith("airflow.") or name in ("datetime", "json", "logging", "pathlib", "time")
    )
