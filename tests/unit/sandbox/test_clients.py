from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dagcheck.sandbox.clients import CLIENTS, ClientWatcher, destination

CLIENT = """
calls = []

def connect(*args, **kwargs):
    "Open a connection."
    calls.append((args, kwargs))
    return "connected"

class Connection:
    connect = staticmethod(connect)
"""


@pytest.mark.parametrize(
    ("args", "kwargs", "expected"),
    [
        ((), {"host": "db", "port": 5432}, ("db", 5432)),
        ((), {"host": "db"}, ("db", None)),
        ((), {"server": "db", "port": "1433"}, ("db", "1433")),
        ((), {"hostaddr": "192.0.2.1"}, ("192.0.2.1", None)),
        (("host=db port=5432 dbname=x",), {}, ("db", "5432")),
        (("dbname=x port='5432' host='db'",), {}, ("db", "5432")),
        (("HOST = db",), {}, ("db", None)),
        ((), {"dsn": "host=db port=5432"}, ("db", "5432")),
        ((), {"conninfo": "hostaddr=192.0.2.1"}, ("192.0.2.1", None)),
        (("postgresql://db/x",), {}, ("db", None)),
        (("postgresql://db:5432/x",), {}, ("db", "5432")),
        (("postgresql://user:secret@db:5432/x?sslmode=require",), {}, ("db", "5432")),
        (("postgres://user@[2001:db8::1]:5432/x",), {}, ("2001:db8::1", "5432")),
        (("mysql+pymysql://db?charset=utf8",), {}, ("db", None)),
        ((), {"dsn": "postgresql://db/x", "port": 6543}, ("db", 6543)),
        (("host=ignored",), {"host": "db"}, ("db", None)),
        (("DRIVER={ODBC Driver 18};SERVER=db;DATABASE=x",), {}, ("db", None)),
        (("Provider=x;Data Source=db;User Id=me",), {}, ("db", None)),
        (("db", "user", "secret"), {}, ("db", None)),
        (("DRIVER={x};SERVER=tcp:db.example.com,1433",), {}, ("db.example.com", "1433")),
        (("DRIVER={x};SERVER=db\\instance;UID=me",), {}, ("db", None)),
        (("DATABASE=x;HOSTNAME=db;PORT=50000;PROTOCOL=TCPIP",), {}, ("db", "50000")),
        ((), {"server": "db:1433"}, ("db", "1433")),
        ((), {"server": "db,1433"}, ("db", "1433")),
        ((), {"server": "db\\instance"}, ("db", None)),
        ((), {"host": "2001:db8::1"}, ("2001:db8::1", None)),
        ((), {"host": "[2001:db8::1]:5432"}, ("2001:db8::1", "5432")),
        ((), {"host": "/var/run/postgresql"}, ("/var/run/postgresql", None)),
        (("host=/var/run/postgresql dbname=x",), {}, ("/var/run/postgresql", None)),
        (("postgresql://%2Fvar%2Frun%2Fpostgresql/x",), {}, ("/var/run/postgresql", None)),
        ((), {"user": "u", "password": "p", "dsn": "db:1521/XE"}, ("db", "1521")),
        ((), {"dsn": "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db)(PORT=1521)))"}, ("db", "1521")),
    ],
)
def test_the_destination_of_a_connect_call_is_found(
    args: tuple[Any, ...], kwargs: dict[str, Any], expected: tuple[str, object]
) -> None:
    assert destination(args, kwargs) == expected


@pytest.mark.parametrize(
    "args",
    [("u", "p", "db:1521/XE"), ("u/p@db:1521/XE",), ("u/p@//db:1521/XE",), ("u", "p:1/x", "tcps://db:1521/XE?x=1")],
)
def test_oracle_s_data_source_comes_last(args: tuple[str, ...]) -> None:
    assert destination(args, {}, "cx_Oracle") == ("db", "1521")


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((), {}),
        (("dbname=x user=me",), {}),
        (("postgresql:///x",), {}),
        (("",), {}),
        ((), {"dbname": "x", "host": None}),
        ((7, None), {}),
    ],
)
def test_a_call_that_names_no_host_goes_to_the_machine_itself(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    assert destination(args, kwargs)[0] == "localhost"


def test_a_host_among_a_uri_s_options_is_found() -> None:
    assert destination(("postgresql:///x?host=db&port=6543",), {}) == ("db", "6543")


@pytest.fixture
def connections() -> list[tuple[str, object]]:
    return []


@pytest.fixture
def watcher(connections: list[tuple[str, object]], monkeypatch: pytest.MonkeyPatch) -> Iterator[ClientWatcher]:
    """A watcher in a world in which no real client is imported."""
    for name in CLIENTS:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    yield ClientWatcher(lambda host, port: connections.append((host, port)))
    for name in CLIENTS:
        sys.modules.pop(name, None)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Writes a fake client of the given name and imports it."""

    def load(name: str) -> ModuleType:
        (tmp_path / f"{name}.py").write_text(CLIENT, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return importlib.import_module(name)

    return load


@pytest.mark.parametrize("name", CLIENTS)
def test_a_connection_of_every_client_is_told(
    watcher: ClientWatcher, client: Callable[[str], ModuleType], connections: list[tuple[str, object]], name: str
) -> None:
    watcher.install()
    client(name).connect(host="db", port=1)
    assert connections == [("db", 1)]


def test_a_client_that_is_imported_already_is_watched(
    watcher: ClientWatcher, client: Callable[[str], ModuleType], connections: list[tuple[str, object]]
) -> None:
    module = client("psycopg2")
    watcher.install()
    module.connect("host=db")
    assert connections == [("db", None)]


def test_a_method_that_opens_a_connection_is_watched(
    watcher: ClientWatcher, client: Callable[[str], ModuleType], connections: list[tuple[str, object]]
) -> None:
    watcher.install()
    client("psycopg").Connection.connect("host=db")
    assert connections == [("db", None)]


def test_a_watched_function_still_connects_and_gives_back_what_it_gave(
    watcher: ClientWatcher, client: Callable[[str], ModuleType]
) -> None:
    watcher.install()
    module = client("psycopg2")
    assert module.connect("host=db", timeout=3) == "connected"
    assert module.calls == [(("host=db",), {"timeout": 3})]


def test_a_watched_function_keeps_its_name_and_docstring(
    watcher: ClientWatcher, client: Callable[[str], ModuleType]
) -> None:
    watcher.install()
    connect = client("psycopg2").connect
    assert (connect.__name__, connect.__doc__) == ("connect", "Open a connection.")


def test_a_refusal_keeps_the_client_from_connecting(
    watcher: ClientWatcher, client: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(watcher, "_on_connect", refuse)
    watcher.install()
    module = client("psycopg2")
    with pytest.raises(ConnectionRefusedError):
        module.connect("host=db")
    assert module.calls == []


def test_a_module_that_is_no_client_is_left_alone(
    watcher: ClientWatcher, client: Callable[[str], ModuleType], connections: list[tuple[str, object]]
) -> None:
    watcher.install()
    client("dagcheck_test_no_client").connect(host="db")
    assert connections == []


def test_a_client_that_is_not_installed_is_not_found(watcher: ClientWatcher) -> None:
    assert watcher.find_spec("cx_Oracle", [], None) is None
