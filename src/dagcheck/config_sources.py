"""Where configured values come from: `[tool.dagcheck]` of pyproject.toml and the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dagcheck.errors import ConfigError, UsageError
from dagcheck.hooks.tiers import choices

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

FILE = "pyproject.toml"
DEFAULT = "default"

# A table given on the command line as KEY=VALUE texts is laid over the one of the file; a list replaces it.
_TABLES = ("levels", "variables", "connections", "pools", "environment", "backend")
_NUMBERS = {"workers": int, "timeout": float, "parse_seconds": float}


@dataclass(frozen=True)
class Values:
    """Raw values by key, with the origin of each key, and of each entry of a table as `key.entry`."""

    raw: dict[str, object] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def put(self, key: str, value: object, origin: str) -> None:
        """Add or replace a value; a table is laid over the one that is there."""
        before = self.raw.get(key)
        merge = key in _TABLES and isinstance(value, Mapping)
        self.raw[key] = {**before, **value} if merge and isinstance(before, Mapping) else value  # type: ignore[dict-item]
        self.origins[key] = origin
        if merge:
            self.origins.update({f"{key}.{entry}": origin for entry in value})  # type: ignore[attr-defined]


_OPTIONS = {"levels": "--dagcheck-level"}  # given once per check


def option(key: str) -> str:
    """Return the command-line option that sets a key."""
    return _OPTIONS.get(key, f"--dagcheck-{key.replace('_', '-')}")


def gather(rootdir: Path, overrides: Mapping[str, object]) -> Values:
    """Return the values of pyproject.toml with those of the command line (None: not given) over them.

    Raises ConfigError if the file cannot be read or is not TOML.
    """
    values = Values()
    for key, value in _table(rootdir / FILE).items():
        values.put(key, _by_service(value) if key == "backend" else value, FILE)
    for key, value in overrides.items():
        if value is not None:
            values.put(key, _by_service(value) if key == "backend" else _from_text(key, value), option(key))
    return values


def _by_service(value: object) -> object:
    """Turn a text such as `embedded` into a table, so that another can be laid over it; a wrong one is left."""
    try:
        return choices(value) if isinstance(value, str) else value
    except UsageError:
        return value


def _table(path: Path) -> Mapping[str, object]:
    try:
        table: object = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from None
    for name in ("tool", "dagcheck"):
        if not isinstance(table, Mapping):
            break
        table = table.get(name, {})
    if not isinstance(table, Mapping):
        raise ConfigError(f"{path}: [tool.dagcheck] must be a table")
    return table


def _from_text(key: str, value: object) -> object:
    """Turn the command line's text into what the file would hold; what does not fit is left for validation."""
    if key in _NUMBERS and isinstance(value, str):
        try:
            return _NUMBERS[key](value)
        except ValueError:
            return value
    if key in _TABLES and not isinstance(value, Mapping):
        texts = [value] if isinstance(value, str) else value
        return dict(_pair(key, text) for text in texts) if isinstance(texts, Iterable) else value
    return value


def _pair(key: str, text: object) -> tuple[str, object]:
    name, equals, value = str(text).partition("=")
    if not name or not equals:
        raise ConfigError(f"{option(key)}: expected NAME=VALUE, got no name or no equal sign")
    return name, int(value) if key == "pools" and value.isdecimal() else value
