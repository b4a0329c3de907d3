"""Reads values past what a class of the user's makes of them: none of its code runs."""

from __future__ import annotations

from collections.abc import Iterable


def class_name(value: object) -> tuple[str, str]:
    """Return the module and the qualified name of a value's class, whatever its metaclass says."""
    module, name = (type.__dict__[part].__get__(type(value)) for part in ("__module__", "__qualname__"))
    return text_of(module), text_of(name)


def text_of(value: object) -> str:
    """Return a text, path or number as text, and of anything else the name of its class in angle brackets."""
    kind = type(value)
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, bytes):
        return bytes.decode(value, errors="backslashreplace")  # type: ignore[arg-type]
    if issubclass(kind, int):
        return int.__repr__(value)
    module, name = class_name(value)
    return str(value) if module.startswith("pathlib") else f"<{name}>"


def items_of(value: object) -> Iterable[object]:
    """Return the items of a list or tuple, nothing for None, and else the value alone."""
    for sequence in (list, tuple):
        if issubclass(type(value), sequence):
            items: Iterable[object] = sequence.__iter__(value)  # type: ignore[arg-type]
            return items
    return () if value is None else (value,)
