"""Graphs from text, and a runner that does as it is told."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from dagcheck.running.attempt import Attempt, CallbackCall, Ending, RunView
from dagcheck.running.engine import Engine
from dagcheck.running.graph import Graph, Task
from dagcheck.running.lengths import Expansion
from dagcheck.running.plan import Plan
from dagcheck.running.semantics import Semantics

START = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
Script = Callable[[Attempt], Ending] | Ending
TaskFacts = dict[str, Any]


class Scripted:
    """Ends every try as its task's script says; by default with success."""

    def __init__(self, scripts: dict[str, Script]) -> None:
        self.scripts = scripts
        self.attempts: list[Attempt] = []
        self.finished: tuple[str, str] | None = None
        self.view: RunView

    def begin(self, view: RunView) -> None:
        self.view = view

    def run(self, attempt: Attempt) -> Ending:
        self.attempts.append(attempt)
        script = self.scripts.get(attempt.task_id, Ending(state="success"))
        return script(attempt) if callable(script) else script

    def finish(self, state: str, reason: str) -> tuple[CallbackCall, ...]:
        self.finished = (state, reason)
        return ()


def make_graph(
    edges: str,
    facts: dict[str, TaskFacts] | None = None,
    groups: dict[str, Expansion] | None = None,
    *,
    fail_fast: bool = False,
) -> Graph:
    """`a > b > c, a > d`: every id named here is a task; `facts` are more fields of a Task, by id."""
    upstream: dict[str, list[str]] = {}
    for chain in edges.split(","):
        ids = [one.strip() for one in chain.split(">")]
        for task_id in ids:
            upstream.setdefault(task_id, [])
        for above, below in itertools.pairwise(ids):
            upstream[below].append(above)
    tasks: list[Task] = []
    while len(tasks) < len(upstream):
        done = {task.task_id for task in tasks}
        task_id = next(one for one in upstream if one not in done and done.issuperset(upstream[one]))
        children = tuple(one for one, parents in upstream.items() if task_id in parents)
        tasks.append(Task(task_id=task_id, upstream=tuple(upstream[task_id]), downstream=children))
    tasks = [dataclasses.replace(task, **(facts or {}).get(task.task_id, {})) for task in tasks]
    return Graph(dag_id="dag", tasks=tuple(tasks), groups=groups or {}, fail_fast=fail_fast)


class Ran:
    """A finished engine, with its instances by key."""

    def __init__(self, engine: Engine, runner: Scripted) -> None:
        self.engine = engine
        self.runner = runner
        self.by_key = {one.key: one for one in engine.instances}
        self.states = {key: one.state for key, one in self.by_key.items()}


@pytest.fixture
def run() -> Callable[..., Ran]:
    """Run a graph with scripts by task id; `semantics` and `groups` as needed."""

    def run(
        edges: str,
        scripts: dict[str, Script] | None = None,
        *,
        facts: dict[str, TaskFacts] | None = None,
        groups: dict[str, Expansion] | None = None,
        fail_fast: bool = False,
        semantics: Semantics | None = None,
    ) -> Ran:
        runner = Scripted(scripts or {})
        graph = make_graph(edges, facts, groups, fail_fast=fail_fast)
        engine = Engine(Plan(graph, semantics or Semantics()), runner, START, START)
        engine.run()
        return Ran(engine, runner)

    return run
