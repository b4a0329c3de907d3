"""The Airflow versions that dagcheck is tested with: `constraints/matrix.toml`.

python tools/airflow_matrix.py newest    # tox environments, a line each: every Airflow on its newest Python
python tools/airflow_matrix.py others    # all other pairs
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

FILE = Path(__file__).parents[1] / "constraints" / "matrix.toml"
_ENVIRONMENT = re.compile(r"py(\d)(\d+)-airflow(\d)(\d+)")


@dataclass(frozen=True, kw_only=True)
class Minor:
    """One Airflow minor version; `name` is `3.3`, `release` its patch, `held` says why a test library is an old one."""

    name: str
    release: str
    cut: str
    pythons: tuple[str, ...]
    requirements: tuple[str, ...]
    held: dict[str, str]

    @property
    def factor(self) -> str:
        """Its factor in tox.ini."""
        return f"airflow{self.name.replace('.', '')}"


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """All of them, oldest first; `test_libraries` and `test_needs` are as new as `test_cut` allows."""

    minors: dict[str, Minor]
    test_cut: str
    test_libraries: tuple[str, ...]
    test_needs: tuple[str, ...]


def versions_of(junit: Path) -> tuple[str, str]:
    """Return the Python and the Airflow of a JUnit file by its name; ValueError if that is no tox environment's."""
    named = _ENVIRONMENT.match(junit.stem)
    if named is None:
        raise ValueError(f"{junit.name} is not named after a tox environment")
    return f"{named[1]}.{named[2]}", f"{named[3]}.{named[4]}"


def read(file: Path = FILE) -> Matrix:
    """Read the file; a misspelt key raises."""
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    providers = tuple(f"apache-airflow-providers-{name}" for name in table.pop("providers"))
    minors = {name: _minor(name, row, providers) for name, row in table.pop("airflow").items()}
    return Matrix(
        minors=minors,
        test_cut=str(table.pop("test_cut")),
        **{key: tuple(value) for key, value in table.items()},
    )


def _minor(name: str, row: dict[str, Any], providers: tuple[str, ...]) -> Minor:
    more = tuple(row.pop("more", ()))
    return Minor(
        name=name,
        cut=str(row.pop("cut")),
        pythons=tuple(row.pop("pythons")),
        requirements=(f"apache-airflow=={row['release']}", *providers, *more),
        held=row.pop("held", {}),
        **row,
    )


def environments(minor: Minor) -> list[str]:
    """Return the tox environments of a version, that of the newest Python last."""
    return [f"py{python.replace('.', '')}-{minor.factor}" for python in minor.pythons]


def main(words: Sequence[str]) -> int:
    """Run the tool; returns its exit status."""
    if list(words) not in (["newest"], ["others"]):
        print(__doc__, file=sys.stderr)
        return 2
    for minor in read().minors.values():
        *others, newest = environments(minor)
        print(*([newest] if words == ["newest"] else others), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
