"""Imports from Airflow and its providers that fail."""

from __future__ import annotations

from dagcheck._airflow.moved import new_home, provider_package
from dagcheck.checks.hints.hint import Hint
from dagcheck.checks.hints.lines import airflow_import, missing_module
from dagcheck.checks.wording import MESSAGE
from dagcheck.checks.wording import one_line as shown
from dagcheck.record import FileRecord, Raised

_PROVIDERS = "airflow.providers."


def missing_provider(raised: Raised, _: FileRecord) -> Hint | None:
    """A provider that is not installed."""
    target = airflow_import(raised)
    package = provider_package(target[0]) if target else None
    if package is None or not _is_absent(package, missing_module(raised)):
        return None
    return Hint(f"the provider package {package} is not installed", f"pip install {package}")


def removed_from_airflow(raised: Raised, _: FileRecord) -> Hint | None:
    """An import that an Airflow release took away or moved."""
    target = airflow_import(raised)
    home = new_home(*target) if target else None
    if target is None or home is None or home == _dotted(*target):
        return None
    return Hint(
        f"the installed Airflow has no {_dotted(*target)}", shown(_move(home, whole_module=target[1] is None), MESSAGE)
    )


def old_provider(raised: Raised, _: FileRecord) -> Hint | None:
    """A provider that is installed, but not in a version that has the module or name."""
    target = airflow_import(raised)
    package = provider_package(target[0]) if target else None
    if target is None or package is None:
        return None
    return Hint(
        f"the installed version of {package} has no {_dotted(*target)}",
        f"look the new name up in the changelog of {package}, or install the version that the DAG was written for",
    )


def unknown_to_airflow(raised: Raised, record: FileRecord) -> Hint | None:
    """Something of Airflow's that the tables do not know."""
    target = airflow_import(raised)
    if target is None:
        return None
    if target[0].split(".")[:2] == ["airflow", "sdk"] and missing_module(raised) == "airflow.sdk":
        return Hint(
            "airflow.sdk came with Airflow 3.0, and the installed Airflow is older",
            "check the file with the Airflow that it was written for, or import from airflow.decorators",
        )
    return Hint(
        f"the installed Airflow has no {_dotted(*target)}",
        f"correct the name; what Airflow moved or removed is told by: ruff check --select AIR {shown(record.file)}",
    )


def _move(home: str, *, whole_module: bool) -> str:
    """Turn an entry of the table, a dotted name or a text, into an instruction."""
    kind, _, text = home.partition(": ")
    if text:
        return f"delete it: {text}" if kind == "nothing" else text
    module, _, name = home.rpartition(".")
    if not name.isidentifier() or not module.replace(".", "").isidentifier():
        return f"use {home}"
    package = provider_package(home)
    source = f" ({package})" if package else ""
    return f"import from {home} instead{source}" if whole_module else f"write `from {module} import {name}`{source}"


def _is_absent(package: str, missing: str | None) -> bool:
    """True if what is missing is the provider's own package or one above it."""
    own = _PROVIDERS + package.removeprefix("apache-airflow-providers-").replace("-", ".")
    return missing is not None and f"{own}.".startswith(f"{missing}.")


def _dotted(module: str, name: str | None) -> str:
    return shown(module if name is None else f"{module}.{name}", MESSAGE)
