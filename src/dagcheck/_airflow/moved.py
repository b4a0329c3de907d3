"""Where something that Airflow moved or removed is now; data in `moved.txt` and `later.txt`. Imports no Airflow."""

from __future__ import annotations

import functools
from pathlib import Path

from dagcheck._airflow import versions

# airflow.providers.microsoft.azure is one distribution, airflow.providers.microsoft.mssql another
_FAMILIES = frozenset({"apache", "atlassian", "cncf", "common", "dbt", "ibm", "microsoft"})
# What went to a provider with 3.0 only.
_IN_THE_CORE_OF_2 = ("airflow.providers.standard.", "airflow.providers.common.sql.operators.generic_transfer")


def new_home(module: str, name: str | None) -> str | None:
    """Return where the installed Airflow has `module` (or its attribute `name`), or what to use instead, as text.

    That also tells where Airflow 3 has what a later 3.x has at the place that was asked for. None if the tables do not
    know it (it may never have existed), or if only an Airflow newer than the installed one moved it: then it was not
    the move that made the import fail.
    """
    wanted = f"{module}.{name}" if name else module
    home = _looked_up(wanted)
    if not versions.at_least(3, 0):
        return home if home is not None and _known_to_2(home) else None
    home = _on_this_3(home or wanted)
    return None if home == wanted else home


def _on_this_3(home: str) -> str:
    """Turn a home that came with a later Airflow 3 than the installed one into the one before."""
    for later, since, before in _rows("later.txt"):
        major, minor = since.split(".")
        if f"{home}.".startswith(f"{later}.") and not versions.at_least(int(major), int(minor)):
            return before + home.removeprefix(later)
    return home


def _looked_up(wanted: str) -> str | None:
    table = _table()
    if wanted in table:
        return table[wanted]
    parts = wanted.split(".")
    for size in range(len(parts), 1, -1):
        found = table.get(".".join(parts[:size]) + ".*")
        if found is not None:
            return _carried(found, parts[size:])
    return None


def provider_package(module: str) -> str | None:
    """Return the distribution to install for a module of a provider, or None for any other module."""
    parts = module.split(".")
    name = parts[2:4] if parts[2:3] and parts[2] in _FAMILIES else parts[2:3]
    if parts[:2] != ["airflow", "providers"] or not name or name[-1] in _FAMILIES:
        return None
    return "-".join(["apache-airflow-providers", *name]).replace("_", "-")


def _known_to_2(home: str) -> bool:
    """Everything else that the table names is still where it was on 2.x."""
    return home.startswith("airflow.providers.") and not home.startswith(_IN_THE_CORE_OF_2)


def _carried(home: str, rest: list[str]) -> str:
    return ".".join([home.removesuffix(".*"), *rest]) if home.endswith(".*") else home


@functools.cache
def _table() -> dict[str, str]:
    return {old: " ".join(home) for old, *home in _rows("moved.txt")}


@functools.cache
def _rows(file: str) -> tuple[tuple[str, ...], ...]:
    lines = Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split()) for line in lines if line and not line.startswith("#"))
