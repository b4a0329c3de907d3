"""One DAG file executed in this process, after the probe has seen it load."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dagcheck._airflow import process
from dagcheck._airflow.creation import CreationLog
from dagcheck._airflow.loading import load_file
from dagcheck._airflow.parsing import parsing
from dagcheck._airflow.refusing import DUPLICATE, refusals
from dagcheck.checks.registry import Settings, all_checks
from dagcheck.config import Config
from dagcheck.probe.describe import describe
from dagcheck.probing import airflow_settings, probe_environment
from dagcheck.record import FileRecord
from dagcheck.sandbox.usercode import UserCode


class DagImportError(ImportError):
    """A DAG file that loads in the sandbox cannot be loaded in this process; the text says why, and where."""


def airflow_home(config: Config, folders: Sequence[Path]) -> Path:
    """Give the Airflow of this process a throwaway home, unless it has one, and return it."""
    plugins = config.path(config.plugins_folder) if config.plugins_folder else None
    return process.move_in(folders, plugins, airflow_settings(config))


class Here:
    """This process as a place to load files of some folders in; what they import stays importable until `close`."""

    def __init__(self, config: Config, folders: Sequence[Path]) -> None:
        self._config = config
        self._folders = folders
        self._added: list[str] = []

    def load(self, path: str) -> dict[str, Any]:
        """Execute a file and return its DAGs by id; raises DagImportError if it does not load."""
        home = airflow_home(self._config, self._folders)
        self._put_on_path()
        process.import_airflow()
        environment = probe_environment(self._config, self._folders, home, os.environ)
        with parsing(environment, self._config.all_variables(), self._config.all_connections()):
            try:
                return dict(_dags(Path(path)))
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                raise DagImportError(self._told(path, error)) from error

    def _told(self, path: str, error: BaseException) -> str:
        code = UserCode(str(self._config.rootdir), [str(folder) for folder in self._folders], self._pythonpath())
        record = FileRecord(file=code.relative(path), failure=describe(error, code))
        findings = [
            finding
            for name in ("import-error", "import-crash")
            for finding in all_checks()[name].run(record, Settings(deciding=frozenset()))
        ]
        texts = ["\n".join(finding.lines()) for finding in findings] or [f"{record.file}: {error}"]
        return "\n".join([*texts, "It loads in the sandbox: what differs is this process, or what ran here before."])

    def _pythonpath(self) -> list[str]:
        return [str(self._config.path(entry)) for entry in self._config.pythonpath]

    def _put_on_path(self) -> None:
        """The folders' own modules can be imported, also later, by tasks; as in Airflow they come last."""
        folders = [str(folder) for folder in self._folders if folder.is_dir()]
        for entry in (*folders, *self._pythonpath()):
            if entry not in sys.path:
                sys.path.append(entry)
                self._added.append(entry)

    def close(self) -> None:
        """Take back what was put on sys.path."""
        for entry in self._added:
            with suppress(ValueError):
                sys.path.remove(entry)
        self._added.clear()


def _dags(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield id and object of the DAGs that Airflow accepts, cluster policies applied; the first of each id."""
    loaded = load_file(path)
    told = refusals(loaded, CreationLog(lambda _frame: None))
    refused = {refusal.dag_id for refusal in told if refusal.type != DUPLICATE}
    yield from ((dag.dag_id, dag) for dag in reversed(loaded.dags) if dag.dag_id not in refused)
