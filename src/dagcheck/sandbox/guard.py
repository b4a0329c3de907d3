"""The audit hook that sees what DAG code does while it is parsed, and refuses what would leave the sandbox.

Event names and arguments are CPython's (docs, "Audit events table").
"""

from __future__ import annotations

import _thread
import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from types import BuiltinFunctionType, FrameType, FunctionType
from typing import Any

from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.plain import items_of, text_of
from dagcheck.sandbox.policy import Policy, is_installed, is_loopback
from dagcheck.sandbox.refusals import GiveUpError, NetworkRefusedError, ProcessRefusedError, WriteRefusedError
from dagcheck.sandbox.seal import Returning, returning, shielded
from dagcheck.sandbox.seams import install_seams

_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_QUIET_SOCKETS = ("/dev/log", "/var/run/syslog", "/var/run/nscd/socket", "/run/systemd/journal/socket")
_MOST_ATTEMPTS = 3
_NO_CALLERS = os.path.dirname(__file__) + os.sep, os.path.dirname(ctypes.__file__) + os.sep
_SHELL_SIGNS = frozenset(";&|<>$`()\n")
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
        self._judging: set[int] = set()
        self._handlers = self._all_handlers()
        self._thread_at_start = _thread.get_ident()
        self.tainted = False

    def install(self) -> None:
        """Add the hook to this process; it stays until the process ends, and no other is let in after it."""
        watched, judge = frozenset(self._handlers), returning(self._judge)

        def hook(
            event: str, args: tuple[Any, ...], _watched: frozenset[str] = watched, _judge: Returning = judge
        ) -> None:  # its frame is in the traceback of what it raises: no name in it leads to this object
            if event in _watched:
                error = _judge(event, args)
                if error is not None:
                    raise error

        sys.addaudithook(hook)
        install_seams(shielded(self._judge))

    def _judge(self, event: str, args: tuple[Any, ...]) -> None:
        thread = _thread.get_ident()
        if self._active and thread not in self._judging:
            self._judging.add(thread)  # what a handler itself does is not the user's doing
            try:
                self._handlers[event](args)
            finally:
                self._judging.discard(thread)

    def start(self) -> None:
        """Begin to watch what this thread does, and those that it starts."""
        self._thread_at_start = _thread.get_ident()
        self._active = True

    def stop(self) -> None:
        """Watch no longer."""
        self._active = False

    def _all_handlers(self) -> dict[str, Handler]:
        network = dict.fromkeys(("socket.connect", "socket.sendto", "socket.sendmsg"), self._connect)
        names = dict.fromkeys(("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"), self._look_up)
        commands = dict.fromkeys(("subprocess.Popen", "os.posix_spawn", "os.exec"), self._command)
        forks = dict.fromkeys(("os.fork", "os.forkpty", "pty.spawn"), self._fork)
        writes = dict.fromkeys(("os.remove", "os.rmdir", "os.mkdir", "os.truncate",
                                "os.mkfifo", "os.mknod", "shutil.rmtree", "sqlite3.connect"), self._write)  # fmt: skip
        rights = dict.fromkeys(("os.chmod", "os.chown"), self._rights)
        touches = dict.fromkeys(("os.utime", "os.setxattr", "os.removexattr"), self._touch)
        moves = dict.fromkeys(("os.rename", "os.link", "os.symlink", "shutil.move"), self._move)
        objects = dict.fromkeys(("sys._current_frames", "sys._current_exceptions", "gc.get_objects",
                                 "gc.get_referrers", "gc.get_referents"), self._look_into_objects)  # fmt: skip
        taints = dict.fromkeys(("sys._getframe", "sys.settrace", "sys.setprofile", "sys.monitoring.register_callback",
                                "ctypes.dlopen", "ctypes.dlsym", "ctypes.dlsym/handle", "ctypes.cdata",
                                "ctypes.cdata/buffer", "ctypes.addressof", "ctypes.string_at", "ctypes.wstring_at",
                                "ctypes.memoryview_at", "ctypes.call_function", "ctypes.PyObj_FromPtr"),
                               self._taint)  # fmt: skip
        threads = dict.fromkeys(("_thread.start_new_thread", "_thread.start_joinable_thread"), self._thread)
        others = {
            "open": self._open, "os.kill": self._kill, "os.killpg": self._refuse_signal, "os.system": self._shell,
            "signal.pidfd_send_signal": self._signal_by_descriptor, "sys.addaudithook": self._audit_hook,
            "resource.prlimit": self._prlimit, "os.putenv": self._putenv, "os.unsetenv": self._putenv,
            "os.chdir": self._chdir, "time.sleep": self._sleep, "atexit.register": self._exit_handler,
            "socket.bind": self._bind, "socket.getnameinfo": self._name_info,
            "_posixsubprocess.fork_exec": self._fork_exec,
        }  # fmt: skip
        return {**network, **names, **commands, **forks, **writes, **rights, **touches, **moves, **objects, **taints,
                **threads, **others}  # fmt: skip

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
            self.connection(text_of(address[0]), text_of(address[1]))
        elif address is not None and text_of(address) not in _QUIET_SOCKETS:
            self._ledger.note("network", text_of(address))

    def _bind(self, args: tuple[Any, ...]) -> None:
        if isinstance(args[1], tuple) and not is_loopback(text_of(args[1][0])):
            self._connect(args)

    def _look_up(self, args: tuple[Any, ...]) -> None:
        host = "" if args[0] is None else text_of(args[0])
        if not is_loopback(host):
            self.connection(host, next((text_of(port) for port in args[1:2] if port is not None), None))

    def _name_info(self, args: tuple[Any, ...]) -> None:
        self._look_up(args[0][:2])

    def _command(self, args: tuple[Any, ...]) -> None:
        """Judge (program, arguments); the program can be another one than the arguments' first."""
        program, arguments = (*args, None)[:2]
        words = list(map(text_of, items_of(arguments))) or list(map(text_of, items_of(program)))
        named = next(map(text_of, items_of(program)), words[0]) if program else words[0]
        self._start_process(" ".join(words), allowed=all(map(self._policy.allows_command, (words[0], named))))

    def _fork_exec(self, args: tuple[Any, ...]) -> None:
        """As multiprocessing starts its processes; on 3.10 also subprocess, after its own event."""
        caller = _caller()
        if caller is None or caller.f_globals is not vars(subprocess):
            self._command((next(iter(items_of(args[1])), None), args[0]))

    def _shell(self, args: tuple[Any, ...]) -> None:
        command = text_of(args[0])
        alone = not _SHELL_SIGNS.intersection(command)
        self._start_process(command, allowed=alone and self._policy.allows_command(command))

    def _start_process(self, command: str, *, allowed: bool) -> None:
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

    def _prlimit(self, args: tuple[Any, ...]) -> None:
        if args[0] not in (0, os.getpid()):
            self._ledger.note("signal", f"new limits to process {args[0]}", refused=True)
            raise ProcessRefusedError(1, f"dagcheck lets nothing limit process {args[0]}")

    def _signal_by_descriptor(self, args: tuple[Any, ...]) -> None:
        self._refuse_signal((f"of descriptor {text_of(args[0])}", *args[1:2]))

    def _refuse_signal(self, args: tuple[Any, ...]) -> None:
        number = text_of(args[1])
        self._ledger.note("signal", f"signal {number} to process {args[0]}", refused=True)
        raise ProcessRefusedError(1, f"dagcheck lets no signal {number} reach process {args[0]}")

    def _open(self, args: tuple[Any, ...]) -> None:
        path, mode, flags = args
        writes = bool(set(mode) & set("wax+")) if isinstance(mode, str) else bool((flags or 0) & _WRITE_FLAGS)
        if writes and path is not None:
            self._write((path,))

    def _write(self, args: tuple[Any, ...]) -> None:
        path = text_of(args[0])
        if type(args[0]) is int or path == ":memory:":  # a descriptor was judged when it was opened
            return
        real = os.path.realpath(path)
        if self._policy.allows_write(real):
            return
        if "__pycache__" in (os.path.basename(real), os.path.basename(os.path.dirname(real))):
            if not is_installed(real) or self._user_frame(_caller()):
                raise WriteRefusedError(13, "dagcheck keeps byte code out of your folders", path)
            return
        self._ledger.note("file", path, refused=True)
        raise WriteRefusedError(13, "dagcheck lets nothing be written while a DAG file is parsed", path)

    def _rights(self, args: tuple[Any, ...]) -> None:
        """Mode and owner of a device that everybody may write to are not the file's to change, by no descriptor."""
        path = os.path.realpath(f"/proc/self/fd/{args[0]}") if type(args[0]) is int else text_of(args[0])
        if not self._policy.owns(path):
            self._ledger.note("file", path, refused=True)
            raise WriteRefusedError(13, "dagcheck lets nothing be changed while a DAG file is parsed", path)

    def _touch(self, args: tuple[Any, ...]) -> None:
        if type(args[0]) is not int and os.path.lexists(text_of(args[0])):  # pathlib tries it before it makes a file
            self._write(args)

    def _move(self, args: tuple[Any, ...]) -> None:
        self._write(args[:1])
        self._write(args[1:2])

    def _putenv(self, args: tuple[Any, ...]) -> None:
        self._ledger.note("environment", os.fsdecode(args[0]))  # as os.environ has it

    def _chdir(self, args: tuple[Any, ...]) -> None:
        self._ledger.note("working-directory", text_of(args[0]))

    def _sleep(self, args: tuple[Any, ...]) -> None:
        seconds = args[0] if args and type(args[0]) in (int, float) else None
        self._ledger.note("sleep", "some" if seconds is None else f"{seconds:g}")

    def _thread(self, _: tuple[Any, ...]) -> None:
        self._ledger.note("thread", "started")

    def _audit_hook(self, _: tuple[Any, ...]) -> None:
        raise RuntimeError("dagcheck lets no audit hook in")

    def _exit_handler(self, args: tuple[Any, ...]) -> None:
        if self._user_frame(_caller()):
            self._ledger.note("exit-handler", text_of_callable(args[0] if args else None))

    def _taint(self, _: tuple[Any, ...]) -> None:
        self.tainted = self.tainted or bool(self._user_frame(_caller()))

    def _look_into_objects(self, _: tuple[Any, ...]) -> None:
        """Libraries may, on the thread that loads the file."""
        if self._user_frame(_caller()) or _thread.get_ident() != self._thread_at_start:
            self.tainted = True
            raise RuntimeError("dagcheck lets no DAG file look through the interpreter's objects")


def _caller() -> FrameType | None:
    """The frame of whoever did what is being judged."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.startswith(_NO_CALLERS):
        frame = frame.f_back
    return frame


def text_of_callable(value: object) -> str:
    """The name of a function, without asking its own code for it."""
    return str(value.__name__) if isinstance(value, (FunctionType, BuiltinFunctionType)) else type(value).__name__
