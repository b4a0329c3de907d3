"""Which Connections and Variables a task names in its arguments and templates: the checks compare them with a list.

What a task's own function reads while it runs is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dagcheck._airflow.problems.jinja import has_jinja
from dagcheck._airflow.problems.subject import Subject
from dagcheck.record import Problem

# `var.value.key`, `var.json.key.part`, `var.value.get('key')`; one with a default of its own does not need the Variable
_VARIABLE = re.compile(r"\bvar\.(?:value|json)\.(?:(?!get\()([A-Za-z_]\w*)|get\(\s*['\"]([^'\"]+)['\"]\s*\))")
_CONNECTION = re.compile(r"\bconn\.(?:(?!get\()([A-Za-z_]\w*)|get\(\s*['\"]([^'\"]+)['\"]\s*\))")


def problems(subject: Subject) -> Iterator[Problem]:
    """Yield each Connection and Variable that the task is given by name."""
    for name, path, text in subject.texts:
        if has_jinja(text):
            yield from (subject.problem("variable-used", path, _key(found)) for found in _VARIABLE.finditer(text))
            yield from (subject.problem("connection-used", path, _key(found)) for found in _CONNECTION.finditer(text))
        elif name.endswith("conn_id") and text:
            yield subject.problem("connection-used", path, text)


def _key(found: re.Match[str]) -> str:
    return found[1] or found[2]
