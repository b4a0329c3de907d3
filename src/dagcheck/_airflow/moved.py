"""Where something that Airflow moved or removed is now; the data is in `moved.txt`. Imports no Airflow."""

from __future__ import annotations

import functools
from pathlib import Path

# Distributions whose names are not simply the module's: the provider's name has more than one part.
_FAMILIES = frozenset({"apache", "atlassian", "cncf", "common", "dbt", "microsoft", "pgvector", "qdrant"})
_SINGLE = frozenset({"pgvector", "qdrant"})


def new_home(module: str, name: str | None) -> str | None:
    """Return the home of `module` (or of its attribute `name`) on Airflow 3, or what to use instead, as text.

    None if the table does not know it; it may never have existed.
    """
    wanted = f"{module}.{name}" if name else module
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
    if parts[:2] != ["airflow", "providers"] or len(parts) < 3:  # noqa: PLR2004 -- airflow.providers.NAME
        return None
    name = parts[2:4] if parts[2] in _FAMILIES - _SINGLE else parts[2:3]
    return "-".join(["apache-airflow-providers", *name]).replace("_", "-")


def _carried(home: str, rest: list[str]) -> str:
    return ".".join([home.removesuffix(".*"), *rest]) if home.endswith(".*") else home


@functools.cache
def _table() -> dict[str, str]:
    lines = Path(__file__).with_name("moved.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))
