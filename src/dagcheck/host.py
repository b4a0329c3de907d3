"""What the program that runs dagcheck tells it: a pytest session, or nobody.

Kept apart and tiny, so that the plugin can say it at start-up without importing anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A session: `rootdir` holds pyproject.toml, `overrides` come from the command line.

    `shared` is a folder that the processes of the session have in common, where there are several.
    """

    rootdir: Path | None = None
    overrides: Mapping[str, object] = field(default_factory=dict)
    shared: Path | None = None


_current: list[Host] = [Host()]


def enter(host: Host) -> None:
    """From now on, until `leave`, this is the host."""
    _current.append(host)


def leave() -> None:
    """Return to the host before."""
    _current.pop()


def current() -> Host:
    """Return the host; without one, all of its fields are empty."""
    return _current[-1]


def rootdir() -> Path:
    """Return the host's rootdir, else the nearest folder at or above the working directory with a pyproject.toml."""
    if (given := current().rootdir) is not None:
        return given
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "pyproject.toml").is_file()), here)
