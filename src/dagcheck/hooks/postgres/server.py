"""A PostgreSQL server of one's own: on loopback, in a temporary folder, gone with the process that started it."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from dagcheck.hooks.postgres.programs import copied, enterable, find_programs, reachable
from dagcheck.sandbox.namespaces import die_with_parent

_USER = "dagcheck"
_USUAL_PORT = 5432
_PATIENCE = 30.0  # seconds
_TRIES = 5  # ports: somebody else may take one between the choice and the start
_READY = b"database system is ready to accept connections"
_TAKEN = b"Address already in use"
# A crash may cost the data: it is a test's.
_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "autovacuum=off",
             "listen_addresses=127.0.0.1", "log_destination=stderr", "logging_collector=off")  # fmt: skip


class ServerError(RuntimeError):
    """The server did not start; the message ends with what it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server listens, and as whom to come."""

    host: str = "127.0.0.1"
    port: int
    user: str = _USER
    password: str
    database: str = "postgres"

    @classmethod
    def of(cls, url: str) -> Address:
        """Read a URL with all of its parts."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or _USUAL_PORT,
            user=unquote(parts.username or _USER),
            password=unquote(parts.password or ""),
            database=parts.path.lstrip("/"),
        )


class Server:
    """One server; `start` takes a few seconds, `stop` may be called at any time, more than once.

    Started by root it runs as `postgres` or `nobody`, for PostgreSQL refuses to run as root. No user is created and no
    folder of others is opened.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._user = _other_user() if os.getuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self.folder: Path | None = None

    def start(self) -> Address:
        """Make a database cluster and start the server; raises NoServerError or ServerError."""
        programs = find_programs(self._environ)
        folder = self.folder = Path(tempfile.mkdtemp(prefix="dagcheck-postgres-", dir=self._place()))
        try:
            self._give(folder)
            if self._user is not None and not reachable(programs / "postgres"):
                folder.chmod(0o755)  # the programs are no secret, and the data have a folder of their own
                programs = copied(programs, folder)
            password = secrets.token_hex(16)
            self._make_cluster(programs, folder, password)
            return Address(port=self._listen(programs, folder), password=password)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and remove all it had."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGQUIT)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _place(self) -> str | None:
        """Return the folder for temporary files; for another user, one that he may enter."""
        if self._user is None:
            return None
        places = (tempfile.gettempdir(), "/tmp", "/var/tmp")  # noqa: S108 -- mkdtemp makes a private folder in it
        return next((place for place in places if enterable(Path(place).resolve())), None)

    def _make_cluster(self, programs: Path, folder: Path, password: str) -> None:
        file = folder / "password"
        file.write_text(password, encoding="ascii")
        self._give(file)
        command = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", _USER, "--auth=scram-sha-256",
                   f"--pwfile={file}", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]  # fmt: skip
        done = subprocess.run(  # noqa: S603 -- the programs that were found
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            timeout=_PATIENCE, **self._as_user(folder),
        )  # fmt: skip
        file.unlink()
        if done.returncode:
            raise ServerError(f"initdb failed with status {done.returncode}: {done.stdout.decode(errors='replace')}")

    def _listen(self, programs: Path, folder: Path) -> int:
        said = b""
        for _ in range(_TRIES):
            port = _free_port()
            said = self._start_on(programs, folder, port)
            if _READY in said:
                return port
            if _TAKEN not in said:
                break
        raise ServerError(f"PostgreSQL did not start: {said.decode(errors='replace')}")

    def _start_on(self, programs: Path, folder: Path, port: int) -> bytes:
        """Return what the server said until it was ready, or ended."""
        log = folder / "log"
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        command = [
            str(programs / "postgres"),
            "-D",
            str(folder / "data"),
            "-p",
            str(port),
            "-k",
            str(folder),
            *settings,
        ]
        with log.open("wb") as file:
            process = self._process = subprocess.Popen(  # noqa: S603 -- as above
                command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True,
                preexec_fn=die_with_parent, **self._as_user(folder),  # noqa: PLW1509 -- one system call
            )  # fmt: skip
        end = time.monotonic() + _PATIENCE
        while _READY not in log.read_bytes() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        return log.read_bytes()

    def _give(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _as_user(self, folder: Path) -> dict[str, Any]:
        """Nothing of the environment: PGDATA, PGPORT and their kin would be heard."""
        own: dict[str, Any] = {"env": {"LC_ALL": "C", "PATH": os.defpath}, "cwd": folder}
        if self._user is not None:
            own |= {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return own


def _other_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerError("PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
