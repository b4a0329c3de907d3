"""What assertions are made about: a DagSpec, a DAG object, or the id of a DAG in the configured folder."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dagcheck._airflow.creation import CreationLog
from dagcheck._airflow.specs import dag_spec
from dagcheck.assertions.graph import Graph
from dagcheck.dagbag import load_dagbag, spec_behind
from dagcheck.errors import UsageError
from dagcheck.spec import DagSpec


def spec_of(dag: Any) -> DagSpec:
    """Return the DAG as plain data, as it is now; an id is looked up in the configured DAG folder.

    Raises UsageError for anything else, UnknownIdError for an id that the folder does not have.
    """
    if isinstance(dag, DagSpec):
        return dag
    if isinstance(dag, str):
        return load_dagbag().specs[dag]
    if not (hasattr(dag, "task_dict") and hasattr(dag, "dag_id")):
        raise UsageError(f"expected a DAG, a DagSpec or a DAG's id, got {type(dag).__name__}{_hint(dag)}")
    return _placed(dag_spec(dag, CreationLog(lambda _frame: None), str), spec_behind(dag))


def _placed(spec: DagSpec, known: DagSpec | None) -> DagSpec:
    """Add the places that the probe knows, where the DAG came from a bag."""
    if known is None:
        return spec
    places = {task.task_id: (task.file, task.line) for task in known.tasks}
    tasks = []
    for task in spec.tasks:
        file, line = places.get(task.task_id, (None, None))
        tasks.append(replace(task, file=file, line=line))
    return replace(spec, file=known.file, line=known.line, tasks=tuple(tasks))


def _hint(thing: Any) -> str:
    return ": a function decorated with @dag gives its DAG when it is called" if callable(thing) else ""


def graph_of(dag: Any) -> Graph:
    """Return the graph of `spec_of(dag)`."""
    return Graph(spec_of(dag))


def live(dag: Any) -> Any | None:
    """Return the DAG object, that of an id too; None for a DagSpec."""
    if isinstance(dag, str):
        return load_dagbag()[dag]
    return None if isinstance(dag, DagSpec) else dag
