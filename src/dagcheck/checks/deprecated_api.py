"""Reports what Airflow called deprecated while the file loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dagcheck.checks.places import own_file
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import one_line
from dagcheck.findings import Finding, Level
from dagcheck.record import Deprecation, FileRecord

# How messages of Airflow and its providers name the replacement, the surest first.
_END = r"(?=\.(?:\s|\)|$)|;\s|\)\s--|\)\.?$|$)"
_REPLACEMENTS = tuple(
    re.compile(pattern + _END)
    for pattern in (
        r"\b[Pp]lease (?!see\b)(?:consider (?:to )?|start )?(.+?)",
        r"(?:^|[.,;:(]\s*|-\s+)[Cc]onsider (?:to )?(us(?:e|ing) .+?)",
        r"(?:^|[.,;:(]\s*|\band\s+|\bshould\s+|-\s+)([Uu]se .+?)",
        r"\b[Mm]igrate (to .+?)",
        r"\b(?:in favou?r of|replaced (?:with|by)|renamed to|moved to) (.+?)",
    )
)
_QUOTES = re.compile(r"`['\"]?|['\"]?`|''")
_REMOVED_IN = re.compile(r"RemovedInAirflow(\d+)Warning$")


@check("deprecated-api", Level.WARNING, "Loading", "file")
def deprecated_api(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A DAG file should not use what the installed Airflow or its providers call deprecated.

    Why: The next major release of Airflow or of the provider no longer has it, and the file then fails to import.

    Fix: Use the replacement that the finding names; it is taken from Airflow's own message. For a whole folder,
    `ruff check --select AIR --fix` makes most of these changes by itself.

    Bad:
        from airflow.operators.python import PythonOperator  # on Airflow 3

    Good:
        from airflow.providers.standard.operators.python import PythonOperator
    """
    once = {(each.file, each.line, each.message): each for each in reversed(record.deprecations)}
    for deprecation in reversed(once.values()):
        what, fix = _split(deprecation.message)
        yield Finding(
            check="deprecated-api",
            file=own_file(deprecation.file, record.file),
            line=deprecation.line,
            what=what or "something deprecated is used",
            why=_why(deprecation),
            fix=fix or "stop using it: the message names no replacement, the release notes may",
        )


def _split(message: str) -> tuple[str, str]:
    """Return (what is deprecated, the replacement as an instruction or nothing)."""
    text = one_line(message, 1000)
    for pattern in _REPLACEMENTS:
        found = pattern.search(text)
        if found:
            before = text[: found.start()].rstrip(" .,;:(-")
            what = before if "deprecat" in before.lower() or "remove" in before.lower() else text
            return one_line(what.rstrip(".")), one_line(_instruction(found[1]))
    return one_line(text.rstrip(".")), ""


def _instruction(clause: str) -> str:
    plain = " ".join(_QUOTES.sub("", clause).split())
    if plain.startswith("to "):
        return f"migrate {plain}"
    verb, _, rest = plain.partition(" ")
    if verb.lower() == "using":
        return f"use {rest}"
    is_verb = verb.lower() in {"use", "import", "set", "update", "pass", "access", "migrate", "provide", "specify",
                               "upgrade", "get", "call", "ensure", "switch", "replace", "install", "read"}  # fmt: skip
    return f"{verb.lower()} {rest}".strip() if is_verb else f"use {plain}"


def _why(deprecation: Deprecation) -> str:
    category = deprecation.category.rpartition(".")[2]
    removed = _REMOVED_IN.match(category)
    if removed:
        return f"Airflow {removed[1]} no longer has it"
    if category == "AirflowProviderDeprecationWarning":
        return "a coming release of the provider no longer has it"
    return "a coming release no longer has it"
