"""What a template says without being rendered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from dagcheck._airflow.attributes import read, texts
from dagcheck._airflow.context_keys import known_keys, removed_keys
from dagcheck._airflow.problems.subject import Subject
from dagcheck.errors import nearest
from dagcheck.record import Problem

# Names that only some operators add to the context of their templates, and those that 2.x fills late.
_ALSO_KNOWN = frozenset({"templates_dict", "exception", "reason", "try_number", "conn", "var", "macros"})
# the name, and what is looked up in it
_REFERENCE = re.compile(r"(?<!\{)\{\{\s*([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*)(?:\.[A-Za-z_]\w*)*)?\s*\}\}", re.ASCII)


def has_jinja(text: str) -> bool:
    """Tell whether a text has any mark of Jinja."""
    return "{{" in text or "{%" in text or "{#" in text


def of_file(subject: Subject, argument: str, name: str) -> Iterator[Problem]:
    """Yield what is wrong with a template file: above all, that it is not there."""
    from jinja2 import TemplateNotFound

    environment = subject.shared.jinja
    try:
        source = environment.loader.get_source(environment, name)[0]
    except TemplateNotFound:
        yield subject.problem("template-file", argument, name, *texts(read(environment.loader, "searchpath")))
        return
    yield from of_text(subject, argument, source)


def of_text(subject: Subject, argument: str, text: str) -> Iterator[Problem]:
    """Yield what is wrong with a template."""
    from jinja2 import TemplateSyntaxError

    if _has_known_references_alone(subject, text):
        return
    try:
        tree = subject.shared.jinja.parse(text)
    except TemplateSyntaxError as error:
        yield subject.problem("template-syntax", argument, f"{error.message} (line {error.lineno})")
        return
    unknown = list(_unknown_filters(subject, tree, argument))
    yield from unknown or _unknown_names(subject, tree, argument)  # Jinja can't look for names past such a filter
    yield from _xcoms(subject, tree, argument)


def _has_known_references_alone(subject: Subject, text: str) -> bool:
    """Tell whether all Jinja in a text is of the kind `{{ ds }}`, as mostly: to parse it takes fifty times as long."""
    jinja = subject.shared.jinja
    if (jinja.variable_start_string, jinja.block_start_string, jinja.line_statement_prefix) != ("{{", "{%", None):
        return False  # a DAG may choose its own
    if has_jinja(_REFERENCE.sub("", text)):
        return False
    references = _REFERENCE.findall(text)
    params = [inner for name, inner in references if name == "params" and inner]
    return _known(subject).issuperset(name for name, _ in references) and not _undeclared(subject, params)


def _known(subject: Subject) -> frozenset[str]:
    return _ALSO_KNOWN.union(known_keys(), subject.shared.jinja.globals)


def _unknown_names(subject: Subject, tree: Any, argument: str) -> Iterator[Problem]:
    from jinja2 import meta

    known = _known(subject)
    gone = removed_keys()
    used = meta.find_undeclared_variables(tree)
    if "params" in used:
        yield from _unknown_params(subject, tree, argument)
    for name in sorted(used - known):
        if name in gone:
            yield subject.problem("removed-key", argument, name, gone[name])
        else:
            yield subject.problem("template-name", argument, name, *_near(name, known))


def _unknown_params(subject: Subject, tree: Any, argument: str) -> Iterator[Problem]:
    """Yield those that are printed whatever happens, neither in an `if` nor in a loop."""
    from jinja2 import nodes

    printed = [one for output in tree.body if isinstance(output, nodes.Output) for one in output.nodes]
    for name in _undeclared(subject, filter(None, map(_param, printed))):
        yield subject.problem("template-param", argument, name, *_near(name, _declared(subject)))


def _undeclared(subject: Subject, names: Iterable[str]) -> list[str]:
    """Return the params among these that nobody declares, in a DAG with dates: a run by hand has a conf for them."""
    wanted = dict.fromkeys(names)
    if not wanted or subject.task is None or not subject.shared.names_dates:
        return []
    declared = _declared(subject)
    return [name for name in wanted if name not in declared]


def _declared(subject: Subject) -> set[str]:
    return {key for owner in (subject.dag, subject.task) for key in texts(list(read(owner, "params", ())))}


def _param(node: Any) -> str | None:
    """Return the name in `params.name` or `params["name"]`, what is below it or a filter aside; not with a default."""
    from jinja2 import nodes

    name = None
    while True:
        if isinstance(node, nodes.Filter) and node.name not in {"default", "d"}:
            node = node.node
        elif isinstance(node, nodes.Getattr):
            node, name = node.node, node.attr
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            node, name = node.node, node.arg.value
        else:
            is_params = isinstance(node, nodes.Name) and node.name == "params"
            return name if is_params and isinstance(name, str) else None


def _unknown_filters(subject: Subject, tree: Any, argument: str) -> Iterator[Problem]:
    """Jinja itself complains of them when it compiles a template, after parsing."""
    from jinja2 import nodes

    environment = subject.shared.jinja
    for kind, node_type, valid in (
        ("filter", nodes.Filter, environment.filters),
        ("test", nodes.Test, environment.tests),
    ):
        for node in tree.find_all(node_type):
            if node.name not in valid:
                hint = "".join(f", did you mean {close!r}?" for close in _near(node.name, valid))
                message = f"no {kind} named {node.name!r}{hint} (line {node.lineno})"
                yield subject.problem("template-syntax", argument, message)


def _xcoms(subject: Subject, tree: Any, argument: str) -> Iterator[Problem]:
    from jinja2 import nodes

    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr) and call.node.attr == "xcom_pull":
            named = {keyword.key: keyword.value for keyword in call.kwargs}
            if not named.keys() & {"dag_id", "include_prior_dates"}:
                source = call.args[0] if call.args else named.get("task_ids")
                yield from _sources(subject, argument, _constants(source))


def _sources(subject: Subject, argument: str, task_ids: list[str]) -> Iterator[Problem]:
    known = subject.dag.task_dict
    upstream = subject.task.get_flat_relative_ids(upstream=True) if task_ids else ()
    for task_id in task_ids:
        if task_id not in known:
            yield subject.problem("xcom-unknown", argument, task_id, *_near(task_id, known))
        elif task_id not in upstream:
            yield subject.problem("xcom-not-upstream", argument, task_id)


def _constants(node: Any) -> list[str]:
    """The texts of a constant, or of a list of constants; nothing where an id is computed."""
    from jinja2 import nodes

    if isinstance(node, nodes.Const):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, (nodes.List, nodes.Tuple)):
        return [text for item in node.items for text in _constants(item)]
    return []


def _near(name: str, valid: Any) -> list[str]:
    close = nearest(name, valid)
    return [close] if close else []
