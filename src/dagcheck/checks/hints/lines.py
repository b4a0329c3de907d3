"""What the failing line and the exception tell about an import."""

from __future__ import annotations

import re

from dagcheck.record import Raised

_FROM = re.compile(r"^from\s+([\w.]+)\s+import\s+\(?\s*(.*)$")
_IMPORT = re.compile(r"^import\s+([\w.]+)")
_NO_MODULE = re.compile(r"No module named '([\w.\-]+)'")
_NO_NAME = re.compile(r"cannot import name '(\w+)' from (?:partially initialized module )?'([\w.]+)'")
_NO_ATTRIBUTE = re.compile(r"module '([\w.]+)' has no attribute '(\w+)'")


def kind(raised: Raised) -> str:
    """Return the exception's class name without its module."""
    return raised.type.rpartition(".")[2]


def last_text(raised: Raised) -> str:
    """Return the source of the innermost line of the user's."""
    return raised.frames[-1].text if raised.frames else ""


def missing_module(raised: Raised) -> str | None:
    """Return the dotted module that is not there."""
    if kind(raised) not in {"ModuleNotFoundError", "ImportError"}:
        return None
    found = _NO_MODULE.search(raised.message)
    if found:
        return found[1]
    return raised.name if kind(raised) == "ModuleNotFoundError" else None


def missing_name(raised: Raised) -> tuple[str, str] | None:
    """Return (module, name) where the module is there and the name is not."""
    if kind(raised) == "ImportError" and (found := _NO_NAME.search(raised.message)):
        return found[2], found[1]
    if kind(raised) == "AttributeError" and (found := _NO_ATTRIBUTE.search(raised.message)):
        return found[1], found[2]
    return None


def wanted(raised: Raised, missing: str) -> tuple[str, str | None]:
    """Return (module, name) as the user's line imports it, if the line has to do with the missing module."""
    text = last_text(raised)
    if found := _FROM.match(text):
        module, names = found[1], [part.split()[0] for part in found[2].strip("()\\ ").split(",") if part.strip()]
        if module == missing or module.startswith(f"{missing}."):
            first = names[0] if names else ""
            return module, first if first.isidentifier() else None
        if f"{module}.{names[0] if names else ''}" == missing:
            return missing, None
    if (found := _IMPORT.match(text)) and (found[1] == missing or found[1].startswith(f"{missing}.")):
        return found[1], None
    return missing, None


def airflow_import(raised: Raised) -> tuple[str, str | None] | None:
    """Return (module, name) of an import or attribute of Airflow that failed."""
    module = missing_module(raised)
    target = missing_name(raised) or (wanted(raised, module) if module else None)
    return target if target and target[0].split(".", 1)[0] == "airflow" else None
