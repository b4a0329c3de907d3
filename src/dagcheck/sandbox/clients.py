"""Watches the connect functions of database clients written in C, whose sockets Python does not see."""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import re
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

# module -> the functions that open a connection
CLIENTS = {
    "psycopg2": ("connect",),
    "psycopg": ("connect", "Connection.connect", "AsyncConnection.connect"),
    "MySQLdb": ("connect",),
    "pymssql": ("connect",),
    "pyodbc": ("connect",),
    "cx_Oracle": ("connect",),
    "ibm_db": ("connect",),
    "ibm_db_dbi": ("connect",),
}
_HOST = re.compile(r"\b(?:host|hostaddr|server|data source)\s*=\s*'?([^\s;,']+)", re.I)
_PORT = re.compile(r"\bport\s*=\s*'?(\d+)", re.I)
_URI = re.compile(r"^\w[\w+.-]*://(?:[^@/]*@)?(\[[^\]]+\]|[^:/?]*)(?::(\d+))?")


class ClientWatcher(importlib.abc.MetaPathFinder):
    """A finder that, when one of CLIENTS is imported, wraps its connect function with `on_connect(host, port)`."""

    def __init__(self, on_connect: Callable[[str, object], None]) -> None:
        self._on_connect = on_connect

    def install(self) -> None:
        """Watch future imports, and the clients that are imported already."""
        for name in CLIENTS.keys() & sys.modules.keys():
            self._wrap(sys.modules[name])
        sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the client as any other finder would, and wrap it right after its import."""
        if name not in CLIENTS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                self._wrap(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec

    def _wrap(self, module: ModuleType) -> None:
        for path in CLIENTS[module.__name__]:
            owner: Any = module
            *parents, name = path.split(".")
            for parent in parents:
                owner = getattr(owner, parent, None)
            connect = getattr(owner, name, None)
            if connect is not None:
                setattr(owner, name, self._watched(connect))

    def _watched(self, connect: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(connect)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._on_connect(*destination(args, kwargs))
            return connect(*args, **kwargs)

        return watched


def destination(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, object]:
    """Return (host, port) of a connect call: keywords, a URI or a `key=value` string; no host is a local socket."""
    host = kwargs.get("host") or kwargs.get("server") or kwargs.get("hostaddr")
    port = kwargs.get("port")
    text = next((a for a in (*args, kwargs.get("dsn"), kwargs.get("conninfo")) if isinstance(a, str)), "")
    if not host and (uri := _URI.match(text)):
        host, port = uri[1].strip("[]"), port or uri[2]
    if not host and (named := _HOST.search(text)):
        host = named[1]
        port = port or (found[1] if (found := _PORT.search(text)) else None)
    if not host and text and "=" not in text and "://" not in text:
        host = text  # MySQLdb.connect("db.internal", ...)
    return str(host or "localhost"), port
