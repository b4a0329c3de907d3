"""The audit hook that sees what DAG code does while it is parsed, and refuses what would leave the sandbox.

Event names and arguments are CPython's (docs, "Audit events table").
"""

from __future__ import annotations

import atexit
import functools
import os
import sys
import sysconfig
import time
from collections.abc import Callable
from types import BuiltinFunctionType, FrameType, FunctionType
from typing import Any

from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.policy import Policy, is_loopback
from dagcheck.sandbox.refusals import GiveUpError, NetworkRefusedError, ProcessRefusedError, WriteRefusedError

_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_QUIET_SOCKETS = ("/dev/log", "/var/run/syslog", "/var/run/nscd/socket", "/run/systemd/journal/socket")
_MOST_ATTEMPTS = 3
_INSTALLED = tuple(sysconfig.get_paths()[key] for key in ("stdlib", "purelib", "platlib"))
Handler = Callable[[tuple[Any, ...]], None]


class Guard:
    """Watches one worker; active only between `start` and `stop`, that is, while a DAG file runs.

    `tainted` becomes true when user code went looking through the interpreter's objects: what it can have changed
    can't be known, so the worker takes no other file after it.
    """

    def __init__(self, ledger: Ledger, policy: Policy, user_frame: Callable[[Any], object]) -> None:
        self._ledger = ledger
        self._policy = policy
        self._user_frame = user_frame
        self._active = False
        self.tainted = False

    def install(self) -> None:
        """Add the hook to this process; it stays until the process ends, and no other is let in after it."""
        find = self._handlers().get  # hundreds of events per file

        def hook(event: str, args: tuple[Any, ...]) -> None:
            handler = find(event)
            if handler is not None and self._active:
                self._active = False  # what a handler itself does is not the user's doing
                try:
                    handler(args)
                finally:
                    self._active = True

        sys.addaudithook(hook)
        if sys.version_info < (3, 13):  # which has an audit event for it
            time.sleep = self._noting(time.sleep)  # type: ignore[assignment]
        atexit.register = self._noting_exit_handlers(atexit.register)

    def _noting_exit_handlers(self, register: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(register)
        def noted(function: Any, /, *args: Any, **kwargs: Any) -> Any:
            if self._active and self._user_frame(sys._getframe(1)):
                self._ledger.note("exit-handler", text_of_callable(function))
            return register(function, *args, **kwargs)

        return noted

    def _noting(self, sleep: Callable[[float], None]) -> Callable[[float], None]:
        @functools.wraps(sleep)
        def noted(seconds: float, /) -> None:
            if self._active:
                self._sleep((seconds,))
            sleep(seconds)

        return noted

    def start(self) -> None:
        """Begin to watch."""
        self._active = True

    def stop(self) -> None:
        """Watch no longer."""
        self._active = False

    def _handlers(self) -> dict[str, Handler]:
        network = dict.fromkeys(("socket.connect", "socket.sendto", "socket.sendmsg"), self._connect)
        names = dict.fromkeys(("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"), self._look_up)
        commands = dict.fromkeys(("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec"), self._command)
        forks = dict.fromkeys(("os.fork", "os.forkpty", "pty.spawn"), self._fork)
        writes = dict.fromkeys(("os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod", "os.chown",
                                "shutil.rmtree", "sqlite3.connect"), self._write)  # fmt: skip
        moves = dict.fromkeys(("os.rename", "os.link", "os.symlink", "shutil.move"), self._move)
        taints = dict.fromkeys(
            (  # looks into the interpreter
                "sys._getframe",
                "sys._current_frames",
                "gc.get_objects",
                "gc.get_referrers",
                "gc.get_referents",
                "ctypes.dlsym",
            ),
            self._taint,
        )
        others = {
            "open": self._open, "os.kill": self._kill, "os.killpg": self._killpg, "sys.addaudithook": self._audit_hook,
            "resource.prlimit": self._prlimit,
            "os.putenv": self._putenv, "os.unsetenv": self._putenv, "os.chdir": self._chdir,
            "time.sleep": self._sleep, "_thread.start_new_thread": self._thread,
            "_thread.start_joinable_thread": self._thread,
        }  # fmt: skip
        return {**network, **names, **commands, **forks, **writes, **moves, **taints, **others}

    def connection(self, host: str, port: object) -> None:
        """Judge a connection to a host, for C clients that Python's own events do not show."""
        where = host if port in (None, "") else f"{host}:{port}"
        if self._policy.allows_host(host, port):
            self._ledger.note("network", where)
            return
        self._ledger.note("network", where, refused=True)
        if self._ledger.attempt(where) >= _MOST_ATTEMPTS:
            raise GiveUpError(f"{where} was refused {_MOST_ATTEMPTS} times")
        raise NetworkRefusedError(111, f"dagcheck lets nothing connect to {where} while a DAG file is parsed")

    def _connect(self, args: tuple[Any, ...]) -> None:
        address = args[1] if len(args) > 1 else None
        if isinstance(address, tuple) and len(address) > 1:
            self.connection(_text(address[0]), address[1])
        elif address is not None and _text(address) not in _QUIET_SOCKETS:
            self._ledger.note("network", _text(address))

    def _look_up(self, args: tuple[Any, ...]) -> None:
        host = "" if args[0] is None else _text(args[0])
        port = args[1] if len(args) > 1 else None
        if not is_loopback(host):
            self.connection(host, port)

    def _command(self, args: tuple[Any, ...]) -> None:
        arguments = args[1] if len(args) > 1 and args[1] else args[0]
        words = [arguments] if isinstance(arguments, (str, bytes)) else list(arguments)
        command = " ".join(map(_text, words))
        allowed = self._policy.allows_command(command)
        self._ledger.note("process", command, refused=not allowed)
        if not allowed:
            raise ProcessRefusedError(1, f"dagcheck lets no process start while a DAG file is parsed: {command[:200]}")

    def _fork(self, _: tuple[Any, ...]) -> None:
        self._ledger.note("process", "fork", refused=True)
        raise ProcessRefusedError(1, "dagcheck lets no process fork while a DAG file is parsed")

    def _kill(self, args: tuple[Any, ...]) -> None:
        if args[0] == os.getpid():
            self._ledger.on_note(f"os.kill {args[1]}")
            return
        self._refuse_signal(args)

    def _killpg(self, args: tuple[Any, ...]) -> None:
        self._refuse_signal(args)

    def _prlimit(self, args: tuple[Any, ...]) -> None:
        if args[0] not in (0, os.getpid()):
            self._ledger.note("signal", f"new limits to process {args[0]}", refused=True)
            raise ProcessRefusedError(1, f"dagcheck lets nothing limit process {args[0]}")

    def _refuse_signal(self, args: tuple[Any, ...]) -> None:
        self._ledger.note("signal", f"signal {int(args[1])} to process {args[0]}", refused=True)
        raise ProcessRefusedError(1, f"dagcheck lets no signal {int(args[1])} reach process {args[0]}")

    def _open(self, args: tuple[Any, ...]) -> None:
        path, mode, flags = args
        writes = bool(set(mode) & set("wax+")) if isinstance(mode, str) else bool((flags or 0) & _WRITE_FLAGS)
        if writes and not isinstance(path, int) and path is not None:
            self._write((path,))

    def _write(self, args: tuple[Any, ...]) -> None:
        path = _text(args[0])
        if path == ":memory:" or self._policy.allows_write(path):
            return
        if "__pycache__" in path:
            if not path.startswith(_INSTALLED):
                raise WriteRefusedError(13, "dagcheck keeps byte code out of your folders", path)
            return
        self._ledger.note("file", path, refused=True)
        raise WriteRefusedError(13, "dagcheck lets nothing be written while a DAG file is parsed", path)

    def _move(self, args: tuple[Any, ...]) -> None:
        self._write(args[:1])
        self._write(args[1:2])

    def _putenv(self, args: tuple[Any, ...]) -> None:
        self._ledger.note("environment", _text(args[0]))

    def _chdir(self, args: tuple[Any, ...]) -> None:
        self._ledger.note("working-directory", _text(args[0]))

    def _sleep(self, args: tuple[Any, ...]) -> None:
        self._ledger.note("sleep", f"{float(args[0]):g}")

    def _thread(self, _: tuple[Any, ...]) -> None:
        self._ledger.note("thread", "started")

    def _audit_hook(self, _: tuple[Any, ...]) -> None:
        raise RuntimeError("dagcheck lets no audit hook in")

    def _taint(self, _: tuple[Any, ...]) -> None:
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename == __file__:
            frame = frame.f_back
        self.tainted = self.tainted or self._user_frame(frame) is not None


def text_of_callable(value: object) -> str:
    """The name of a function, without asking its own code for it."""
    return str(value.__name__) if isinstance(value, (FunctionType, BuiltinFunctionType)) else type(value).__name__


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return value if type(value) is str else f"{value}"
