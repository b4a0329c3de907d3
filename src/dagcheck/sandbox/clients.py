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
from urllib.parse import unquote

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
_ORACLE = ("cx_Oracle",)  # whose data source comes third, or last in user/password@source
_NAME = r"(\[[^\]]+\]|[^\s;,:&'/\\()?]+)"
_HOST = re.compile(
    rf"\b(?:host|hostname|hostaddr|server|data source)\s*=\s*'?(?:(?:tcp|np|lpc):)?(/[^\s;']*|{_NAME}(?:[,:](\d+))?)",
    re.I,
)
_PORT = re.compile(r"\bport\s*=\s*'?(\d+)", re.I)
_URI = re.compile(r"^\w[\w+.-]*://(?:[^@/]*@)?(\[[^\]]+\]|[^:/?]*)(?::(\d+))?")
_ADDRESS = re.compile(rf"^(?:(?:tcps?|np|lpc):)?(?://)?{_NAME}(?:[,:](\d+))?(?:[/\\?].*)?$")  # or Oracle Easy Connect


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
                setattr(owner, name, self._watched(connect, module.__name__))

    def _watched(self, connect: Callable[..., Any], client: str) -> Callable[..., Any]:
        @functools.wraps(connect)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._on_connect(*destination(args, kwargs, client))
            return connect(*args, **kwargs)

        return watched


def destination(args: tuple[Any, ...], kwargs: dict[str, Any], client: str = "") -> tuple[str, object]:
    """Return (host, port) of a connect call: keywords, a URI, a `key=value` string or a bare address.

    No host at all is a local socket; a socket's folder is a host that begins with a slash.
    """
    named = next((kwargs[key] for key in ("host", "server", "hostaddr", "hostname") if kwargs.get(key)), None)
    host, port = _of_address(named) if isinstance(named, str) else (None, None)
    if host is None:
        host, port = _of_source(_source(args, kwargs, client))
    given = kwargs.get("port")
    return host or "localhost", (given if type(given) in {int, str} else str(given)) if given else port


def _source(args: tuple[Any, ...], kwargs: dict[str, Any], client: str) -> str:
    texts = [text for text in (kwargs.get("dsn"), kwargs.get("conninfo"), *args) if isinstance(text, str)]
    if client in _ORACLE:
        return next(iter(texts[2:] if "dsn" not in kwargs else ()), next(iter(texts), "")).rpartition("@")[2]
    return next(iter(texts), "")


def _of_source(text: str) -> tuple[str | None, str | None]:
    uri = _URI.match(text)
    if uri and uri[1]:
        return unquote(uri[1].strip("[]")), uri[2]
    if found := _HOST.search(text):
        port = _PORT.search(text)
        return (found[2] or found[1]).strip("[]"), found[3] or (port[1] if port else None)
    return (None, None) if uri or "=" in text else _of_address(text)


def _of_address(text: str) -> tuple[str | None, str | None]:
    """`host`, `host:port`, `host,port`, `host/service`; an IPv6 address may come without brackets."""
    if (text.startswith("/") and text[:2] != "//") or (text.count(":") > 1 and text[0] != "["):
        return text, None
    found = _ADDRESS.match(text)
    return (found[1].strip("[]"), found[2]) if found else (text or None, None)
