"""Reads Variables, Connections and environment variables from files.

The formats are those of `airflow variables import` and `airflow connections import`: JSON, YAML and .env
(airflow/secrets/local_filesystem.py of 2.11 and 3.3). Errors are ValueErrors without any value: it may be a secret.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from dagcheck.connections import connection_text, kind_of, variable_text


def read_variables(path: Path) -> dict[str, str]:
    """Return the Variables in a file; a table of `value` and `description` is its value, as in Airflow 3."""
    return {key: variable_text(_described(value)) for key, value in _read(path).items()}


def read_connections(path: Path) -> dict[str, str]:
    """Return the Connections in a file as URI or JSON; a list of one is that one, as Airflow has it."""
    found = {}
    for conn_id, value in _read(path).items():
        one = value[0] if isinstance(value, list) and len(value) == 1 else value
        try:
            found[conn_id] = connection_text(conn_id, one)
        except ValueError as error:
            raise ValueError(f"Connection {conn_id!r}: {error}") from None
    return found


def read_environment(path: Path) -> dict[str, str]:
    """Return environment variables; a .env file is read as shells and Docker do: `export`, quotes, empty values."""
    if _format(path) == ".env":
        return dict(_shell_line(key, value) for _, key, value in _assignments(path))
    return {key: variable_text(value) for key, value in _read(path).items()}


def _described(value: object) -> object:
    if isinstance(value, dict) and "value" in value and value.keys() <= {"value", "description"}:
        return value["value"]
    return value


def _shell_line(key: str, value: str) -> tuple[str, str]:
    key, value = key.strip().removeprefix("export ").strip(), value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return key, value[1:-1]
    return key, value.split(" #", 1)[0].rstrip()


def _format(path: Path) -> str:
    name = path.name.lower()
    if name == ".env" or name.startswith(".env."):  # .env.ci and the like
        return ".env"
    return path.suffix.lower()


def _read(path: Path) -> dict[str, object]:
    readers = {".env": _read_env, ".json": _read_json, ".yaml": _read_yaml, ".yml": _read_yaml}
    reader = readers.get(_format(path))
    if reader is None:
        raise ValueError(f"its name must end in one of {', '.join(readers)}")
    values = reader(path)
    if not isinstance(values, dict):
        raise ValueError(f"expected a table of names and values, got {kind_of(values)}")  # noqa: TRY004
    strange = next((key for key in values if not isinstance(key, str) or not key), None)
    if strange is not None:
        raise ValueError(f"the key {strange!r} is not a name: write it in quotes")
    return values


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ValueError("there is no such file") from None
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None


def _read_json(path: Path) -> object:
    text = _text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError):
        raise ValueError("is not JSON that Python can hold") from None


def _read_yaml(path: Path) -> object:
    text = _text(path)
    try:
        import yaml  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise ValueError("PyYAML is needed to read it: pip install pyyaml, or write it as JSON") from None
    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:  # its own text quotes the file
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        problem = (error.problem or "").split(" '", 1)[0]
        raise ValueError(f"is not YAML: {line}{problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise ValueError("is not YAML") from None


def _read_env(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, key, value in _assignments(path):
        if not value:
            raise ValueError(f"line {number}: {key} has no value")
        if key in found:
            raise ValueError(f"line {number}: a second value for {key}")
        found[key] = value
    return found


def _assignments(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line number, key and value of every line that is neither empty nor a comment."""
    for number, line in enumerate(_text(path).splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, equals, value = line.partition("=")
        if not equals or not key.strip():
            raise ValueError(f"line {number}: expected NAME=value")
        yield number, key, value
