"""What a DAG file leaves behind in its process, and how to put it back for the next file."""

from __future__ import annotations

import _signal
import operator
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib.machinery import ModuleSpec
from itertools import islice
from types import ModuleType
from typing import Any, NamedTuple

from dagcheck.sandbox.defaults import Defaults
from dagcheck.sandbox.identity import addresses
from dagcheck.sandbox.loggers import Loggers
from dagcheck.sandbox.plain import text_of
from dagcheck.sandbox.usercode import is_in_packages, is_installed


class Trace(NamedTuple):
    """One thing left behind: kind and detail as in `dagcheck.record.Event`, and whether it could be put back."""

    kind: str
    detail: str
    undone: bool = True


_UMASK = 0o077
_MOST_OPEN = 50  # descriptors that files may leave open in one worker
_SIGNALS = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})


class Surroundings:
    """The process as it was before a file; `restore` yields each difference and undoes what can be undone.

    `is_own` says whether a module's file is the user's code: those are dropped from sys.modules, so that every
    file imports its helpers afresh as in Airflow's own processes; installed packages stay.
    """

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self._is_own = is_own
        self._environ = os.environ
        self._variables = dict(os.environ)
        self._environ_fields = dict(vars(os.environ))
        self._directory = os.getcwd()
        self._path = sys.path
        self._entries = list(sys.path)
        self._hook_lists: tuple[list[Any], ...] = sys.meta_path, sys.path_hooks
        self._hooks = [list(hooks) for hooks in self._hook_lists]
        self._modules_dict = sys.modules
        self._know(dict(sys.modules))
        self._handlers = [(number, _signal.getsignal(number)) for number in _SIGNALS]
        self._threads = threading.enumerate()
        self._streams = sys.stdin, sys.stdout, sys.stderr
        self._limits = self._read_limits()
        self._identity = _identity()
        self._lowest = _lowest_free_descriptor()
        self._defaults = Defaults()
        self._loggers = Loggers()
        os.umask(_UMASK)

    def _know(self, modules: dict[str, ModuleType]) -> None:
        self._modules = modules
        self._module_addresses = _addresses(modules, len(modules))

    def restore(self) -> list[Trace]:
        """Compare, undo, and return what was left behind."""
        found: list[Trace] = []
        for step in (self._quiet, self._restore_modules, self._restore_path, self._restore_environment,
                     self._restore_directory, self._restore_signals, self._left_threads, self._left_children,
                     self._lowered_limits, self._cannot_go_on):  # fmt: skip
            found.extend(step())
        return found

    def _quiet(self) -> Iterator[Trace]:
        sys.settrace(None)
        sys.setprofile(None)
        sys.stdin, sys.stdout, sys.stderr = self._streams
        os.umask(_UMASK)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        self._defaults.restore()
        self._loggers.restore()
        return iter(())

    def _cannot_go_on(self) -> Iterator[Trace]:
        """What no next file should meet and nothing puts back."""
        if any(stream.closed for stream in self._streams if stream is not None) or not all(map(_is_open, (0, 1, 2))):
            yield Trace("patch", "sys.stdout or its descriptor is closed", undone=False)
        if _identity() != self._identity:
            yield Trace("patch", "the process's user", undone=False)
        if _lowest_free_descriptor() > self._lowest + _MOST_OPEN:
            yield Trace("patch", "open file descriptors", undone=False)

    def _restore_modules(self) -> Iterator[Trace]:
        if getattr(sys, "modules", None) is not self._modules_dict:
            sys.modules = self._modules_dict
            yield Trace("module", "sys.modules", undone=False)
        modules: dict[str, ModuleType] = self._modules_dict
        if not self._has_known_modules():
            for name in [name for name, module in self._modules.items() if modules.get(name) is not module]:
                if not (name.startswith("airflow.") and _is_module(modules.get(name))):  # its own shims do that
                    yield Trace("module", name)
                modules[name] = self._modules[name]
            self._know({name: module for name, module in modules.items() if name in self._modules})  # in today's order
        fresh = {name: modules[name] for name in self.new_modules()}
        own = {name for name, module in fresh.items() if not _is_module(module) or self._is_own(file_of(module))}
        for name in own:
            del modules[name]
        if fresh.keys() - own:
            self._know(self._modules | {name: fresh[name] for name in fresh.keys() - own})

    def _has_known_modules(self) -> bool:
        """Whether the modules known so far still come first, under their names: so it is after nearly every file."""
        return _addresses(self._modules_dict, len(self._modules)) == self._module_addresses

    def new_modules(self) -> list[str]:
        """Names of the modules that were imported since the last file; a dictionary keeps them at its end."""
        missing = len(self._modules_dict) - len(self._modules)
        found: list[str] = []
        for name in reversed(self._modules_dict):
            if len(found) >= missing:
                break
            if name not in self._modules:
                found.append(name)
        return found

    def forget_missing(self) -> None:
        """Modules that were taken out on purpose since `restore` are imported anew by the next file."""
        if not self._has_known_modules():
            self._know({name: self._modules_dict[name] for name in self._modules if name in self._modules_dict})

    def _restore_path(self) -> Iterator[Trace]:
        path = getattr(sys, "path", None)
        now = [text_of(entry) for entry in path] if type(path) is list else []
        if now != self._entries or path is not self._path:
            # what a package brings for itself stays, as ray's own
            self._entries += [entry for entry in now if is_in_packages(entry) and entry not in self._entries]
            sys.path = self._path
            sys.path[:] = self._entries
            yield from (Trace("sys-path", f"{entry} added") for entry in now if entry not in self._entries)
            yield from (Trace("sys-path", f"{entry} removed") for entry in self._entries if entry not in now)
        for name, known, before in zip(("meta_path", "path_hooks"), self._hook_lists, self._hooks, strict=True):
            yield from self._restore_hooks(name, known, before)

    def _restore_hooks(self, name: str, known: list[Any], before: list[Any]) -> Iterator[Trace]:
        now = getattr(sys, name, None)
        if now is known and len(now) == len(before) and all(map(operator.is_, now, before)):
            return
        there: list[Any] = now if type(now) is list else []
        fresh = [hook for hook in there if not any(hook is one for one in before)]
        added = list(filter(self._is_installed, fresh))  # six, say, adds its own
        if len(added) < len(fresh) or len(there) - len(fresh) < len(before):
            yield Trace("patch", f"sys.{name}")
        before.extend(added)
        known[:] = before
        setattr(sys, name, known)

    def _is_installed(self, hook: object) -> bool:
        """True for a hook whose class an installed package brought, not the user and not the standard library."""
        kind = hook if issubclass(type(hook), type) else type(hook)
        module, name = (type.__dict__[attribute].__get__(kind) for attribute in ("__module__", "__name__"))
        home = sys.modules.get(text_of(module))
        if home is None or not _is_module(home) or home.__dict__.get(name) is not kind:
            return False
        file = file_of(home)
        return os.path.isabs(file) and is_installed(file) and not self._is_own(file)  # "frozen" is no path

    def _restore_environment(self) -> Iterator[Trace]:
        if os.environ is not self._environ:
            os.environ = self._environ  # noqa: B003 - the very object that the file put away
            yield Trace("patch", "os.environ")
        fields = vars(os.environ)
        if changed := [name for name, value in self._environ_fields.items() if fields.get(name) is not value]:
            fields.update(self._environ_fields)
            yield from (Trace("patch", f"os.environ.{name}") for name in changed)
        now = dict(os.environ)
        if now == self._variables:
            return
        for name in sorted(now.keys() | self._variables.keys()):
            if name not in self._variables:
                del os.environ[name]
                yield Trace("environment", name)
            elif now.get(name) != self._variables[name]:
                os.environ[name] = self._variables[name]
                yield Trace("environment", name)
        time.tzset()

    def _restore_directory(self) -> Iterator[Trace]:
        now = None
        with suppress(OSError):
            now = os.getcwd()
        if now != self._directory:
            undone = False
            with suppress(OSError):  # after a chroot there is no way back
                os.chdir(self._directory)
                undone = True
            yield Trace("working-directory", now or "a folder that is gone", undone)

    def _restore_signals(self) -> Iterator[Trace]:
        for number, handler in self._handlers:
            if handler is not None and _signal.getsignal(number) is not handler:
                signal.signal(number, handler)
                yield Trace("signal-handler", signal.Signals(number).name)
        for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
            if signal.getitimer(timer)[0]:
                signal.setitimer(timer, 0)
                yield Trace("signal-handler", "a timer")

    def _left_threads(self) -> Iterator[Trace]:
        for thread in threading.enumerate():
            if not any(thread is known for known in self._threads):
                name = object.__getattribute__(thread, "__dict__").get("_name")  # past a property of the user's class
                yield Trace("thread", text_of(name), undone=False)

    def _left_children(self) -> Iterator[Trace]:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
            yield Trace("child-process", "a child process", undone=False)

    def _lowered_limits(self) -> Iterator[Trace]:
        if self._read_limits() != self._limits:
            yield Trace("patch", "resource limits", undone=False)

    @staticmethod
    def _read_limits() -> list[Any]:
        names = ("RLIMIT_NOFILE", "RLIMIT_DATA", "RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_STACK")
        return [resource.getrlimit(getattr(resource, name)) for name in names]


def _addresses(modules: dict[str, ModuleType], count: int) -> bytes:
    return addresses((*islice(modules, count), *islice(modules.values(), count)))


def _is_open(descriptor: int) -> bool:
    with suppress(OSError):
        os.fstat(descriptor)
        return True
    return False


def _identity() -> tuple[int, ...]:
    return (*os.getresuid(), *os.getresgid())


def _lowest_free_descriptor() -> int:
    try:
        descriptor = os.dup(0)
    except OSError:
        return sys.maxsize  # none is free, or standard input is closed
    os.close(descriptor)
    return descriptor


def _is_module(value: object) -> bool:
    return issubclass(type(value), ModuleType)


def file_of(module: ModuleType) -> str:
    """Return a module's file, or a folder of a namespace package; an empty text for a module that has none."""
    names = object.__getattribute__(module, "__dict__")
    spec = names.get("__spec__")
    if type(spec) is not ModuleSpec:  # anything else may answer with code of the user's
        spec = None
    for origin in (names.get("__file__"), getattr(spec, "origin", None)):
        if issubclass(type(origin), str):
            return str.__str__(origin)
    locations = getattr(spec, "submodule_search_locations", None)
    return "" if locations is None else _first_folder(locations)


def _first_folder(locations: Iterable[str]) -> str:
    """A namespace package has folders only, which it looks up in its parent: that one is gone if its import failed."""
    with suppress(KeyError):
        return next(iter(locations), "")
    return next(iter(getattr(locations, "_path", ())), "")
