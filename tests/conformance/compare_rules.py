"""Give every small family of parents to the installed TriggerRuleDep and to our function; print where they differ.

The task instances are stand-ins with the few attributes that the class reads; the class itself is the real one.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from airflow.ti_deps.dep_context import DepContext
from airflow.ti_deps.deps.trigger_rule_dep import TriggerRuleDep

from dagcheck._airflow.semantics import semantics
from dagcheck.running.rules import RULES, RUN, WAIT, Parents, Surroundings, verdict

STATES = (None, "success", "skipped", "failed", "upstream_failed", "removed")
MAP_INDEXES = (-1, 0, 2)
Member = tuple[Any, bool]  # a state, and whether the task is a setup


@dataclass(eq=False)
class Task:
    """What TriggerRuleDep reads of an operator."""

    task_id: str
    is_teardown: bool = False
    trigger_rule: Any = None
    upstream_list: list[Task] = field(default_factory=list)
    setups: list[Task] = field(default_factory=list)
    above: set[str] = field(default_factory=set)
    below: set[str] = field(default_factory=set)
    is_setup: bool = False
    dag: Any = None
    task_group: Any = None

    @property
    def upstream_task_ids(self) -> set[str]:
        return {task.task_id for task in self.upstream_list}

    def get_upstreams_only_setups(self) -> list[Task]:
        return self.setups

    def get_needs_expansion(self) -> bool:
        return False

    def get_closest_mapped_task_group(self) -> None:
        return None

    def get_flat_relative_ids(self, *, upstream: bool) -> set[str]:
        return self.above if upstream else self.below


@dataclass
class Instance:
    """What TriggerRuleDep reads of a task instance."""

    task: Task
    state: Any = None
    map_index: int = -1
    dag_id: str = "dag"
    run_id: str = "run"

    @property
    def task_id(self) -> str:
        return self.task.task_id

    def get_dagrun(self, *_: Any, **__: Any) -> None:
        return None

    def set_state(self, state: Any, *_: Any, **__: Any) -> bool:
        self.state = getattr(state, "value", state)
        return True


@dataclass(frozen=True)
class Case:
    rule: str
    parents: tuple[Member, ...]
    setups: tuple[Any, ...] = ()
    map_index: int = -1
    scope: tuple[Any, ...] | None = None  # states of the tasks between a teardown's setups and itself


def cases(rules: list[str]) -> Iterator[Case]:
    members = list(itertools.product(STATES, (False, True)))
    families = [
        *itertools.product(members),
        *itertools.product(members, repeat=2),
        *itertools.combinations_with_replacement(members, 3),  # both sides count: their order says nothing new
    ]
    indirect = [(), *((state,) for state in STATES), *itertools.combinations_with_replacement(STATES, 2)]
    for rule, family, map_index in itertools.product(rules, families, MAP_INDEXES):
        for setups in indirect[: 7 if len(family) > 1 else None]:
            yield Case(rule, family, setups, map_index)
        for scope in ((), (None,), ("success",), ("skipped", None), ("failed", "success")):
            yield Case(rule, family, (), map_index, scope)


def theirs(case: Case) -> str:
    parents = [Task(f"parent{n}", is_setup=setup) for n, (_, setup) in enumerate(case.parents)]
    setups = [Task(f"setup{n}", is_setup=True) for n in range(len(case.setups))]
    between = [Task(f"between{n}") for n in range(len(case.scope or ()))]
    everyone = [*parents, *setups, *between]
    ids = {one.task_id for one in everyone}
    for parent in parents:
        parent.below = {one.task_id for one in between}
    task = Task("task", case.scope is not None, case.rule, parents, setups, above=ids, dag=Dag(everyone))
    states = [*(state for state, _ in case.parents), *case.setups, *(case.scope or ())]
    finished: Any = [Instance(one, state) for one, state in zip(everyone, states, strict=True) if state]
    instance: Any = Instance(task, map_index=case.map_index)
    statuses = TriggerRuleDep()._get_dep_statuses(  # noqa: SLF001 -- the function under comparison
        ti=instance,
        session=None,  # type: ignore[arg-type,unused-ignore]
        dep_context=DepContext(flag_upstream_failed=True, finished_tis=finished),
    )
    passed = [status.passed for status in statuses]  # all of them: it sets the state as it goes
    return str(instance.state or (RUN if all(passed) else WAIT))


@dataclass(frozen=True)
class Dag:
    tasks: list[Task]

    def get_task(self, task_id: str) -> Task:
        return next(task for task in self.tasks if task.task_id == task_id)


def ours(case: Case) -> str:
    above = _counted([(state, True) for state in case.setups]) if case.setups else None
    has_scope = any(setup for _, setup in case.parents)  # no setup, no scope
    done = not has_scope or all(case.scope or ())
    around = Surroundings(setups=above, scope_done=done)
    return verdict(case.rule, _counted(case.parents), semantics(), map_index=case.map_index, around=around)


def _counted(members: Any) -> Parents:
    parents = Parents(total=len(members), setups=sum(setup for _, setup in members))
    for state, setup in members:
        parents.count(state, setup=setup)
    return parents


def known_rules() -> list[str]:
    try:
        from airflow.task.trigger_rule import TriggerRule
    except ImportError:
        from airflow.utils.trigger_rule import TriggerRule  # before 3.1
    return sorted({str(getattr(rule, "value", rule)) for rule in TriggerRule} - {"dummy", "none_failed_or_skipped"})


def main() -> None:
    rules = known_rules()
    compared, differing = 0, []
    for case in cases([rule for rule in rules if rule in RULES]):
        compared += 1
        expected, found = theirs(case), ours(case)
        if expected != found:
            differing.append({"case": repr(case), "airflow": expected, "dagcheck": found})
    unknown = sorted(set(rules) - set(RULES))
    print(json.dumps({"compared": compared, "unknown_rules": unknown, "differing": differing[:20]}))  # noqa: T201


if __name__ == "__main__":
    main()
