"""Which warnings are Airflow's own deprecations, and how the next file gets them again."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from types import FrameType, ModuleType
from typing import Any

_CATEGORIES = frozenset(
    {
        "RemovedInAirflow3Warning",
        "RemovedInAirflow4Warning",
        "AirflowProviderDeprecationWarning",
        "DeprecatedImportWarning",
    }
)
_KINDS = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)
_MENTION = re.compile(r"\bairflow\b", re.IGNORECASE)
_WARNS_AT_IMPORT = re.compile(rb"^(?:warnings\.)?warn\(", re.MULTILINE)
# Modules that keep a deprecated name once it was imported from them, and the tables of these names that they have.
_KEPT_NAMES = (
    ("airflow.models.baseoperator", "__deprecated_imports"),  # 2.8 to 2.11
    ("airflow.datasets", "_names_moved"),  # 3.0 and 3.1
    ("airflow.models.xcom", "__compat_imports"),  # 3.2 and 3.3
)
_is_shim: dict[str, bool] = {}


def is_airflow_deprecation(category: type, message: object, filename: str) -> bool:
    """Tell whether a warning is a deprecation of Airflow or a provider, and not of a library that these use.

    Airflow's own categories always are. Of the standard ones those are that name Airflow (moved modules, on 2.x),
    or that code of Airflow or a provider raises about its caller: `filename` is whom the warning blames, the stack
    shows who raised it, so this is to be called while the warning is shown. What a module of Airflow's own imports
    of other deprecated modules is nothing that a DAG file could mend.
    """
    raiser = _raiser()
    if (_of_airflow(filename) and _being_imported(filename)) or _asked_by_base_hook(raiser):
        return False
    if any(base.__name__ in _CATEGORIES and base.__module__.startswith("airflow") for base in category.__mro__):
        return True
    if not issubclass(category, _KINDS):
        return False
    if _MENTION.search(str(message)):
        return True
    return raiser is not None and not _of_airflow(filename) and _of_airflow(raiser.f_code.co_filename)


def forget_shims(modules: Iterable[str]) -> None:
    """Drop those of `modules` that warn only when they are first imported, so that their next import warns again.

    Meant for the names that a file added to `sys.modules`: whether a module is such a shim is read from its source,
    once per process. Sub-modules go with their package, because an import that finds them skips the package. Names
    that Airflow keeps after their first, warning import (`from airflow import Dataset`) are dropped too.
    """
    for name in [name for name in modules if name.startswith("airflow.") and _warns_at_import(name)]:
        for loaded in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
            _drop(loaded)
    for module, table in _KEPT_NAMES:
        if module in sys.modules:
            _drop_names(sys.modules[module], _table(module, table))
    if "airflow" in sys.modules:
        _drop_names(sys.modules["airflow"], _deprecated_at_the_top())
    if "airflow.models" in sys.modules:  # 2.10 and 2.11; the only deprecated one of its lazy names
        _drop_names(sys.modules["airflow.models"], ["ImportError"])


def _warns_at_import(name: str) -> bool:
    if name not in _is_shim and name in sys.modules:
        _is_shim[name] = _WARNS_AT_IMPORT.search(_source(sys.modules[name])) is not None
    return _is_shim.get(name, False)


def _source(module: ModuleType) -> bytes:
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or not file.endswith(".py"):
        return b""
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError:
        return b""


def _drop(name: str) -> None:
    sys.modules.pop(name, None)
    parent, _, child = name.rpartition(".")
    if parent in sys.modules:
        vars(sys.modules[parent]).pop(child, None)


def _drop_names(module: ModuleType, names: Iterable[str]) -> None:
    for name in names:
        if f"{module.__name__}.{name}" not in sys.modules:
            vars(module).pop(name, None)


def _table(module: str, table: str) -> dict[str, Any]:
    found = vars(sys.modules[module]).get(table)
    return found if isinstance(found, dict) else {}


def _deprecated_at_the_top() -> list[str]:
    """Names of airflow/__init__.py: module and attribute on 2.7, from 2.8 on with a third part, True if deprecated."""
    return [name for name, entry in _table("airflow", "__lazy_imports").items() if entry[-1] is True]


def _raiser() -> FrameType | None:
    """The code that called `warnings.warn`: below it are the standard library's frames, then ours."""
    frame: FrameType | None = sys._getframe(1)
    shown = False
    while frame is not None:
        of_warnings = frame.f_globals.get("__name__") in {"warnings", "_py_warnings"}
        if shown and not of_warnings:
            return frame
        shown = shown or of_warnings
        frame = frame.f_back
    return None


def _asked_by_base_hook(raiser: FrameType | None) -> bool:
    """3.0 has no other BaseHook than that of hooks/base.py, which itself asks the deprecated Connection of models."""
    modules = [frame.f_globals.get("__name__") for frame in (raiser, raiser and raiser.f_back) if frame]
    return modules == ["airflow.models.connection", "airflow.hooks.base"]


def _being_imported(filename: str) -> bool:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_code.co_filename == filename:
            return True
        frame = frame.f_back
    return False


def _of_airflow(filename: str) -> bool:
    airflow = sys.modules.get("airflow")
    return any(filename.startswith(f"{place}/") for place in getattr(airflow, "__path__", ()))
