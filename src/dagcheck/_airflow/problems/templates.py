"""Jinja in operators: does it parse, are its names known, are its files there, is it rendered at all.

As `Templater.render_template` does it (2.x airflow/template/templater.py, 3.x sdk/definitions/_internal/templater.py):
a text that ends with one of the operator's `template_ext` is the name of a file, any other is a template itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dagcheck._airflow.attributes import read, texts
from dagcheck._airflow.classes import airflow_bases
from dagcheck._airflow.problems.jinja import has_jinja, of_file, of_text
from dagcheck._airflow.problems.subject import Subject
from dagcheck._airflow.problems.values import texts_in
from dagcheck.record import Problem

# Texts for people, and what Airflow renders by itself.
_NOT_RENDERED = ("doc", "doc_md", "doc_rst", "doc_json", "doc_yaml", "task_display_name", "map_index_template",
                 "task_id", "default_args", "params", "python_callable")  # fmt: skip


def problems(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with a task's templates."""
    task = subject.task
    fields = texts(read(task, "template_fields"))
    mapped = "MappedOperator" in airflow_bases(type(task))
    values = {field: subject.given.get(field) if mapped else read(task, field) for field in fields}
    rendered = [(path, text) for field, value in values.items() for path, text in texts_in(value, field)]
    if not _renders_by_itself(task):
        extensions = texts(read(task, "template_ext"))
        for path, text in rendered:
            if extensions and text.endswith(extensions):
                yield from of_file(subject, path, text)
            elif has_jinja(text):
                yield from of_text(subject, path, text)
        yield from _ignored(subject, fields, [text for _, text in rendered])


def _ignored(subject: Subject, fields: tuple[str, ...], rendered: list[str]) -> Iterator[Problem]:
    """Arguments with Jinja, also inside of lists and tables, that no template field holds, not even as a part."""
    for name, path, one in subject.texts:
        if "{{" in one and name not in {*fields, *_NOT_RENDERED} and not any(one in text for text in rendered):
            yield subject.problem("template-ignored", path, one[:200])


def _renders_by_itself(task: Any) -> bool:
    """Tell whether a class of the user's, or of a provider's, takes rendering into its own hands."""
    cls = read(task, "operator_class", type(task))
    bases = [(base, str(base.__module__)) for base in cls.__mro__]
    own = [base for base, module in bases if not module.startswith(("airflow.", "builtins", "abc"))]
    provided = [base for base, module in bases if module.startswith("airflow.providers.")]
    names = {name for base in (*own, *provided) for name in vars(base)}
    code = [getattr(value, "__code__", None) for base in own for value in vars(base).values()]
    used = {name for one in code if one is not None for name in one.co_names}
    return bool({"render_template_fields", "get_template_env"} & names) or "render_template" in used
