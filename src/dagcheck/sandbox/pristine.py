"""Finds out whether a DAG file changed the interpreter under everybody's feet, and undoes it.

A picture of the functions and classes that modules and classes held when the worker started; compared by
identity, so that no user code runs.
"""

from __future__ import annotations

import builtins
import gc
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

from dagcheck.sandbox.identity import addresses, place_of_version, versions

# Patching these would break what runs after a file, so they are put right after every file.
CORE = ("builtins", "sys", "os", "posix", "time", "io", "json", "json.decoder", "json.encoder", "datetime", "threading",
        "signal", "socket", "traceback", "linecache", "warnings", "logging", "inspect", "importlib", "types", "weakref",
        "functools", "faulthandler", "gc", "re", "select", "struct", "hashlib", "hmac")  # fmt: skip
# Nobody binds these anew while the interpreter works as it should, and little works without them.
_HOLDERS = frozenset({("linecache", "cache"), ("gc", "callbacks"), ("threading", "_active"), ("threading", "_limbo")})
_FIXED = (ModuleType, str)
_METHODS = (staticmethod, classmethod, property)


class Picture:
    """One namespace as it was: a module's or a class's attributes."""

    __slots__ = ("_addresses", "_keys", "_namespace", "_owner", "_take", "_values", "name", "place")

    def __init__(self, name: str, owner: Any, keep: Callable[[str, Any], bool]) -> None:
        self.name = name
        self._owner = owner
        self._namespace: Mapping[str, Any] = vars(owner)
        self.place = place_of_version(_dictionary(self._namespace))
        kept = [(key, value) for key, value in self._namespace.items() if keep(key, value)]
        self._keys = [key for key, _ in kept]
        self._values = tuple(value for _, value in kept)
        # the first key twice: of a single one it would not give a tuple
        self._take = operator.itemgetter(*self._keys[:1], *self._keys) if kept else _nothing
        self._addresses = addresses((*self._values[:1], *self._values))

    def is_changed(self) -> bool:
        """True if an attribute is gone or another object now."""
        try:
            return addresses(self._take(self._namespace)) != self._addresses
        except KeyError:
            return True

    def restore(self) -> Iterator[str]:
        """Put every changed attribute back and yield its dotted name, unless a module of Cython's changed it."""
        for key, value in zip(self._keys, self._values, strict=True):
            now = self._namespace.get(key)
            if now is not value:
                setattr(self._owner, key, value)
                if not _is_cythons(now):
                    yield f"{self.name}.{key}"


class _Album:
    """Pictures, and the version of its namespace in which each was last looked at, so that few need another look."""

    def __init__(self, pictures: list[Picture]) -> None:
        self._pictures = pictures
        self._places = [picture.place for picture in pictures]
        self._seen = versions(self._places)

    def restore(self) -> list[str]:
        """Put back what was changed; returns its names."""
        before, self._seen = self._seen, versions(self._places)
        pairs = zip(self._pictures, before, self._seen, strict=True)
        touched = (picture for picture, old, new in pairs if new is None or new != old)
        return [name for picture in touched if picture.is_changed() for name in picture.restore()]


class Pristine:
    """Pictures of all modules in `modules`, and of the classes of those that `deep` accepts."""

    def __init__(self, modules: Mapping[str, ModuleType], deep: Callable[[str], bool]) -> None:
        named = {name: module for name, module in modules.items() if type(module) is ModuleType}
        self._builtins = dict(vars(builtins))
        self._core = _Album([Picture(name, named[name], _is_fixed_in(name)) for name in CORE if name in named])
        rest = [Picture(name, module, _is_code) for name, module in named.items() if name not in CORE]
        self._rest = _Album(rest + _class_pictures(module for name, module in named.items() if deep(name)))

    def restore_core(self) -> list[str]:
        """Repair builtins and the modules that dagcheck itself needs; returns what had been changed."""
        namespace = builtins.__dict__
        changed = [key for key, value in self._builtins.items() if namespace.get(key) is not value]
        namespace.update(self._builtins)
        return [f"builtins.{key}" for key in changed] + self._core.restore()

    def restore_all(self) -> list[str]:
        """Repair everything in the picture; returns what had been changed."""
        return self.restore_core() + self._rest.restore()


def _dictionary(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a class's proxy stands for."""
    found: dict[str, Any] = namespace if type(namespace) is dict else gc.get_referents(namespace)[0]
    return found


def _is_cythons(value: object) -> bool:
    """True for what modules put into `inspect` as they are imported, so that their generators count as such.

    Cython up to 3.0 does so, and grpc with it (Cython/Utility/Coroutine.c, `__Pyx_patch_inspect`).
    """
    return type(value) is FunctionType and value.__qualname__.startswith("cy_wrap.<locals>.")


def _nothing(_: object) -> tuple[()]:
    return ()


def _is_code(key: str, value: Any) -> bool:
    return callable(value) and not key.startswith("__")


def _is_fixed_in(name: str) -> Callable[[str, Any], bool]:
    """In a core module: code, submodules (os.path), texts (os.sep) and what holds the interpreter's own state."""

    def is_fixed(key: str, value: Any) -> bool:
        return _is_code(key, value) or (name, key) in _HOLDERS or (type(value) in _FIXED and not key.startswith("__"))

    return is_fixed


def _is_method(key: str, value: Any) -> bool:
    return (callable(value) or isinstance(value, _METHODS)) and key not in ("__abstractmethods__", "__doc__")


def _class_pictures(modules: Iterable[ModuleType]) -> list[Picture]:
    seen: dict[int, Picture] = {}
    for module in modules:
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == module.__name__ and id(value) not in seen:
                seen[id(value)] = Picture(f"{value.__module__}.{value.__qualname__}", value, _is_method)
    return list(seen.values())
