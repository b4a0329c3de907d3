"""Where something that Airflow moved or removed is now; the data is in `moved.txt`. Imports no Airflow."""

from __future__ import annotations

import functools
from pathlib import Path

from dagcheck._airflow import versions

# airflow.providers.microsoft.azure is one distribution, airflow.providers.microsoft.mssql another
_FAMILIES = frozenset({"apache", "atlassian", "cncf", "common", "dbt", "ibm", "microsoft"})
# Homes that not every Airflow 3 has: the first that has them, and where the thing is before, unless still at its old
# home. A module stands for all in it.
_LATER: dict[str, tuple[tuple[int, int], str | None]] = {
    "airflow.sdk.BaseHook": ((3, 1), "airflow.hooks.base.BaseHook"),
    "airflow.sdk.TriggerRule": ((3, 1), None),
    "airflow.sdk.WeightRule": ((3, 1), None),
    "airflow.sdk.timezone": ((3, 1), None),
    "airflow.sdk.definitions._internal.setup_teardown": ((3, 1), None),
    "airflow.sdk.exceptions.AirflowException": ((3, 1), "airflow.exceptions.AirflowException"),
    "airflow.sdk.bases.skipmixin": ((3, 2), None),
    "airflow.sdk.exceptions.AirflowFailException": ((3, 2), None),
    "airflow.sdk.exceptions.AirflowSensorTimeout": ((3, 2), None),
    "airflow.sdk.exceptions.AirflowSkipException": ((3, 2), None),
    "airflow.sdk.definitions.timetables._cron.CRON_PRESETS": ((3, 3), None),
}
# What went to a provider with 3.0 only.
_IN_THE_CORE_OF_2 = ("airflow.providers.standard.", "airflow.providers.common.sql.operators.generic_transfer")


def new_home(module: str, name: str | None) -> str | None:
    """Return where `module` (or its attribute `name`) is now, or what to use instead, as text.

    None if the table does not know it (it may never have existed), or if the new home needs an Airflow newer than the
    installed one: then it was not the move that made the import fail.
    """
    home = _looked_up(module, name)
    if home is None or (not versions.at_least(3, 0) and not _known_to_2(home)):
        return None
    rows = (row for later, row in _LATER.items() if f"{home}.".startswith(f"{later}."))
    since, before = next(rows, (versions.OLDEST, None))
    return home if versions.at_least(*since) else before


def _looked_up(module: str, name: str | None) -> str | None:
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
    lines = Path(__file__).with_name("moved.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))
