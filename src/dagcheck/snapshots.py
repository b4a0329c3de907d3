"""A DAG as a readable text that is kept beside the tests: the same on every Airflow version that means the same.

Tasks and dependencies in the order of their ids, values only where they differ from Airflow's own defaults, nothing
about files and lines. `catchup` is the one that counts: its default differs between Airflow 2 and 3.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dagcheck.assertions.notation import quoted, write
from dagcheck.assertions.subject import spec_of
from dagcheck.assertions.telling import where
from dagcheck.spec import ExternalRef, TaskSpec

SUFFIX = ".dag.txt"
_NOT_SHOWN = ("task_id", "operator", "file", "line", "upstream", "downstream", "takes_from")
_OF_TASKS = tuple(field for field in dataclasses.fields(TaskSpec) if field.name not in _NOT_SHOWN)
_OF_DAGS = (
    "schedule", "timezone", "start_date", "end_date", "catchup", "max_active_runs", "max_active_tasks", "description",
    "documented", "tags", "params", "groups",
)  # fmt: skip


def snapshot_text(dag: Any) -> str:
    """Return the text of a DAG, DagSpec or id."""
    spec = spec_of(dag)
    tasks = sorted(spec.tasks, key=lambda task: task.task_id)
    lone = [task.task_id for task in tasks if not task.upstream and not task.downstream]
    lines = [
        f"DAG {spec.dag_id}",
        *(f"  {name}: {_shown(getattr(spec, name))}" for name in _OF_DAGS if name == "catchup" or getattr(spec, name)),
        "",
        "tasks",
        *(line for task in tasks for line in _task_lines(task)),
        "",
        "dependencies",
        *(f"  {line}" for line in (*write(spec.edges()), *map(quoted, lone))),
    ]
    return "\n".join(lines) + "\n"


def _task_lines(task: TaskSpec) -> Iterator[str]:
    yield f"  {task.task_id}: {task.operator}"
    for field in _OF_TASKS:
        value = getattr(task, field.name)
        if value != field.default:
            yield f"    {field.name}: {_shown(value)}"


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, ExternalRef):
        return f"{value.dag_id} ({', '.join(sorted(value.task_ids))})" if value.task_ids else value.dag_id
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g} s" if isinstance(value, float) else str(value)


def snapshot_file(folder: Path, dag: Any, name: str | None = None) -> Path:
    """Return where the snapshot of a DAG is kept: in `dag_snapshots` below the folder, under its id or `name`."""
    return folder / "dag_snapshots" / f"{name or spec_of(dag).dag_id}{SUFFIX}"


def compare_snapshot(dag: Any, file: Path, *, update: bool = False) -> None:
    """Assert that the DAG is as its snapshot says; with `update` write the snapshot instead.

    A snapshot that is missing fails: nothing is written that nobody asked for.
    """
    __tracebackhide__ = True
    found = snapshot_text(dag)
    if update:
        _write(file, found)
        return
    how = "pytest --dagcheck-snapshot-update writes it"
    if not file.exists():
        raise AssertionError(f"{where(spec_of(dag))}: there is no snapshot {file}; {how}")
    stored = file.read_text(encoding="utf-8")
    if stored != found:
        lines = difflib.unified_diff(stored.splitlines(), found.splitlines(), "snapshot", "found", lineterm="", n=2)
        difference = "\n".join(f"  {line}" for line in lines)
        raise AssertionError(f"{where(spec_of(dag))}: not as in {file}; if it is meant to be, {how}\n{difference}")


def _write(file: Path, text: str) -> None:
    """Another process of the session may write, or read, the same one."""
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(file)


def unused_snapshots(used: set[str]) -> list[Path]:
    """Return the snapshots that lie beside used ones and were not used themselves."""
    folders = {Path(file).parent for file in used}
    return sorted(file for folder in folders for file in folder.glob(f"*{SUFFIX}") if str(file) not in used)
