"""Connections and Variables as the user declares them, turned into the text that Airflow reads.

Errors are ValueErrors that name fields and types, never a value: it may be a secret.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from dagcheck.errors import unknown

# airflow/models/connection.py, Connection.from_json (2.7 to 3.3): the keyword arguments of Connection.
FIELDS = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")
# airflow/secrets/local_filesystem.py, _create_connection: also understood in a connections file.
_FILE_FIELDS = ("conn_id", "uri", "extra_dejson", "team_name", "id")


def kind_of(value: object) -> str:
    """Return what a value is in the words of TOML and JSON: `a string`, `an integer`, `a table`."""
    names = {bool: "a boolean", str: "a string", int: "an integer", float: "a number", type(None): "nothing"}
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, (list, tuple)) else names.get(type(value), f"a {type(value).__name__}")


def variable_text(value: object) -> str:
    """Return what `airflow variables set` would store: a string as it is, a date as ISO 8601, all else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return json.dumps(value, indent=2, default=_iso)  # indent: airflow/models/variable.py, Variable.set


def _iso(value: object) -> str:
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    raise ValueError(f"{kind_of(value)} cannot be written as JSON")


def connection_text(conn_id: str, value: object) -> str:
    """Return a Connection as its URI or as JSON.

    `value` is one of those, a table of Connection's fields, or Airflow's own object.
    """
    if hasattr(value, "conn_type"):
        value = {name: getattr(value, name, None) for name in FIELDS}
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError("looks like JSON but is not") from None
    if isinstance(value, str):
        if "://" not in value:
            raise ValueError("expected a URI such as postgres://user:password@host:5432/schema, or a table")
        return value
    if not isinstance(value, Mapping):
        raise ValueError(f"expected a URI or a table, got {kind_of(value)}")  # noqa: TRY004 - one type for callers
    return _table_text(conn_id, value)


def _table_text(conn_id: str, table: Mapping[object, object]) -> str:
    given = {str(name): value for name, value in table.items() if value is not None}
    for name in given:
        if name not in FIELDS and name not in _FILE_FIELDS:
            raise ValueError(unknown("field", name, FIELDS))
    if given.pop("conn_id", conn_id) != conn_id:
        raise ValueError("its conn_id is another than its key")
    uri = given.pop("uri", None)
    if uri is not None:
        if any(name in given for name in FIELDS):
            raise ValueError("has both a uri and single fields")
        return connection_text(conn_id, uri)
    if "extra_dejson" in given:
        given["extra"] = given.pop("extra_dejson")
    return json.dumps({name: _field(name, given[name]) for name in FIELDS if name in given}, default=_iso)


def _field(name: str, value: object) -> object:
    """Return a field's value if its type is right."""
    if name == "port":
        if not str(value).isdecimal():
            raise ValueError(f"port: expected a port number, got {kind_of(value)}")
        return int(str(value))
    if name == "extra" and isinstance(value, Mapping):
        return value
    if not isinstance(value, str):
        expected = "a string or a table" if name == "extra" else "a string"
        raise ValueError(f"{name}: expected {expected}, got {kind_of(value)}")  # noqa: TRY004
    return value


def type_of(text: str) -> str:
    """Return the type of a Connection that `connection_text` made: `postgres`, also for `postgresql+psycopg2://`."""
    if text.lstrip().startswith("{"):
        found = json.loads(text)
        return str(found.get("conn_type") or "") if isinstance(found, dict) else ""
    return text.partition("://")[0].partition("+")[0].replace("-", "_").lower()
