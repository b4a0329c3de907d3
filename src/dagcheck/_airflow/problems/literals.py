"""Secrets that stand in the DAG file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dagcheck._airflow.problems.subject import Subject
from dagcheck.record import Problem

_NAME = re.compile(r"(^|_)(password|passwd|passphrase|secret|api_?key|private_key|access_token|auth_token)$", re.I)
_URI = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:([^\s/@{}$]+)@[^\s/]+", re.I)
_PLACEHOLDERS = re.compile(r"|\*+|x+|\.+|<.*>|\{.*\}|\$.*|none|null|changeme|password|secret|test|dummy|example", re.I)


def problems(subject: Subject) -> Iterator[Problem]:
    """Yield arguments named like a secret with a literal value, and URIs with a password in any argument."""
    for _, path, literal in subject.texts:
        last = path.rpartition(".")[2]
        if _NAME.search(last) and not _is_reference(literal):
            yield subject.problem("secret", path, "literal")
        elif any(not _is_reference(found[1]) for found in _URI.finditer(literal)):
            yield subject.problem("secret", path, "URI")


def _is_reference(text: str) -> bool:
    """Tell whether a text stands for a secret that is elsewhere, or for none."""
    return "{{" in text or _PLACEHOLDERS.fullmatch(text.strip()) is not None
