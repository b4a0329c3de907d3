"""A migrated, empty metadata DB of the installed Airflow, made once and cached. Imports no Airflow.

Migrating takes seconds, copying the file milliseconds. It is kept in the user's cache directory under a name that
holds the Airflow version and a digest of what a schema is made of, so that no two installations share one by mistake.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from dagcheck._airflow import versions
from dagcheck._airflow.settings import hermetic
from dagcheck.sandbox.environment import clean_environment, make_home

_MIGRATE = "from airflow.utils.db import initdb; initdb()"
# Tables come from Airflow's migrations and models, on 2.x from the FAB provider too; these libraries write them.
_MAKERS = ("apache-airflow", "apache-airflow-core", "apache-airflow-providers-fab", "Flask-AppBuilder", "SQLAlchemy",
           "alembic")  # fmt: skip
_LOG_SHOWN = 4_000


class TemplateError(RuntimeError):
    """Airflow could not make its metadata DB; the text ends with what it printed."""


def template(cache: Path | None = None) -> Path:
    """Return the file to copy; makes it if it is not there or broken. Raises TemplateError.

    Safe with any number of processes at once: one makes it, the others wait; where the file system knows no locks,
    each makes its own and the last one stays.
    """
    folder = cache or cache_directory()
    path = folder / f"metadata-{versions.installed()}-{_digest()}.db"
    if _is_sound(path):
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(path.with_suffix(".lock")):
            if not _is_sound(path):
                _make(path)
    except OSError:
        return _make(Path(tempfile.mkdtemp(prefix="dagcheck-")) / path.name)  # no cache here: for this process alone
    return path


def cache_directory() -> Path:
    """Return dagcheck's folder in the platform's cache directory."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "dagcheck"
    configured = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(configured) if os.path.isabs(configured) else Path.home() / ".cache") / "dagcheck"


def _digest() -> str:
    digest = hashlib.sha256(_MIGRATE.encode())
    for name in _MAKERS:
        with contextlib.suppress(metadata.PackageNotFoundError):
            digest.update(f"{name}=={metadata.version(name)}\n".encode())
    for migration in sorted(_migrations()):  # those of a development version change while its number does not
        digest.update(migration.read_bytes())
    return digest.hexdigest()[:16]


def _migrations() -> list[Path]:
    from importlib.util import find_spec

    spec = find_spec("airflow")
    return [
        file
        for place in (spec.submodule_search_locations if spec else None) or ()
        for file in Path(place, "migrations", "versions").glob("*.py")
    ]


def _is_sound(path: Path) -> bool:
    """Tell whether the file is an SQLite DB without damage that knows its own revision."""
    if not path.is_file():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as db:
            intact = db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            return intact and bool(db.execute("SELECT version_num FROM alembic_version").fetchall())
    except sqlite3.Error:
        return False


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        with contextlib.suppress(OSError):  # some network file systems have no locks
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(path: Path) -> Path:
    """Migrate in a fresh, hermetic process: it configures logging and imports what no test needs."""
    with tempfile.TemporaryDirectory(prefix="dagcheck-") as made:
        home = Path(made)
        make_home(home)
        new = home / "airflow" / "new.db"
        configured = {**hermetic(home / "airflow", [], None), "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{new}"}
        environment = clean_environment(os.environ, home, configured)
        done = subprocess.run(  # noqa: S603 -- our own interpreter and code
            [sys.executable, "-c", _MIGRATE], cwd=home, env=environment, capture_output=True, text=True, check=False,
            errors="replace",
        )  # fmt: skip
        if done.returncode == 0:
            _merge_log(new)
        if done.returncode or not _is_sound(new):
            raise TemplateError(
                f"Airflow {versions.installed()} could not make its metadata DB (exit status {done.returncode}):\n"
                f"{(done.stdout + done.stderr)[-_LOG_SHOWN:]}"
            )
        _publish(new, path)
    return path


def _merge_log(path: Path) -> None:
    """Airflow 3 leaves write-ahead logging on: everything has to be in the one file that is copied."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=DELETE")


def _publish(new: Path, path: Path) -> None:
    """Give the finished file its name in one step; a process that dies before leaves no half of it there."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_bytes(new.read_bytes())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
