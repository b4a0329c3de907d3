"""A team's own policy; every check here is off until it is given a level under [tool.dagcheck.levels]."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dagcheck.checks.registry import Settings, check
from dagcheck.checks.subjects import at_dag, at_task
from dagcheck.checks.wording import listing, name
from dagcheck.findings import Finding, Level
from dagcheck.spec import DagSpec, TaskSpec


@check("no-retries", Level.OFF, "Tasks", "dag")
def no_retries(dag: DagSpec, settings: Settings) -> Iterator[Finding]:
    """Tasks should be retried: `[tool.dagcheck.policy] retries` times at least, 1 if it says nothing.

    Why: Networks and databases fail for a moment every night; without a retry a person repeats the run.

    Fix: Set retries in the DAG's default_args.

    Bad:
        with DAG("orders", schedule="@daily", default_args={"retries": 0}):
            BashOperator(task_id="load", bash_command="load.sh")

    Good:
        with DAG("orders", schedule="@daily", default_args={"retries": 2}):
            BashOperator(task_id="load", bash_command="load.sh")
    """
    least = settings.policy.retries
    if few := [task for task in dag.tasks if task.retries < least]:
        fix = f'default_args={{"retries": {least}}} on the DAG, or retries on the tasks'
        yield _of_tasks("no-retries", dag, few, f"with fewer than {least} retries", fix)


@check("no-timeout", Level.OFF, "Tasks", "dag")
def no_timeout(dag: DagSpec, _: Settings) -> Iterator[Finding]:
    """Tasks should have an execution_timeout.

    Why: A task that hangs keeps its worker slot, and its DAG's run, until somebody notices.

    Fix: Set execution_timeout in the DAG's default_args.

    Bad:
        with DAG("orders", schedule="@daily"):
            BashOperator(task_id="load", bash_command="load.sh")

    Good:
        with DAG("orders", schedule="@daily", default_args={"execution_timeout": timedelta(hours=1)}):
            BashOperator(task_id="load", bash_command="load.sh")
    """
    if endless := [task for task in dag.tasks if task.execution_timeout is None]:
        fix = 'default_args={"execution_timeout": timedelta(hours=1)} on the DAG, or execution_timeout on the tasks'
        yield _of_tasks("no-timeout", dag, endless, "without an execution_timeout", fix)


@check("no-owner", Level.OFF, "Tasks", "dag")
def no_owner(dag: DagSpec, settings: Settings) -> Iterator[Finding]:
    """Tasks should have an owner: one of `[tool.dagcheck.policy] owners`, or anybody but Airflow's default.

    Why: Nobody knows whom to ask when the task fails.

    Fix: Set owner in the DAG's default_args.

    Bad:
        with DAG("orders", schedule="@daily"):
            BashOperator(task_id="load", bash_command="load.sh")

    Good:
        with DAG("orders", schedule="@daily", default_args={"owner": "sales"}):
            BashOperator(task_id="load", bash_command="load.sh")
    """
    owners = settings.policy.owners
    unknown = [task for task in dag.tasks if not all(_is_owner(one, owners) for one in task.owner.split(","))]
    if unknown:
        names = listing(task.owner for task in unknown)
        fix = f'default_args={{"owner": ...}} on the DAG{f": one of {listing(owners)}" if owners else ""}'
        yield _of_tasks("no-owner", dag, unknown, f"owned by {names}", fix)


def _is_owner(owner: str, owners: Sequence[str]) -> bool:
    return owner.strip() in owners if owners else owner.strip() not in ("", "airflow")


@check("no-tags", Level.OFF, "Tasks", "dag")
def no_tags(dag: DagSpec, settings: Settings) -> Iterator[Finding]:
    """A DAG should have tags: one of `[tool.dagcheck.policy] tags`, or any.

    Why: Without tags nobody finds the DAGs of a team or a system in Airflow's list.

    Fix: Give the DAG tags, for its team and for the systems it uses.

    Bad:
        with DAG("orders", schedule="@daily"): ...

    Good:
        with DAG("orders", schedule="@daily", tags=["sales"]): ...
    """
    wanted = settings.policy.tags
    if not dag.tags or (wanted and not set(wanted) & set(dag.tags)):
        what = f"has none of the tags {listing(wanted)}" if wanted else "has no tags"
        fix = f'tags=["{wanted[0]}"], for one' if wanted else 'tags=["team", "system"]'
        yield Finding(check="no-tags", **at_dag(dag), what=what, why="it is hard to find in Airflow's list", fix=fix)


@check("no-docs", Level.OFF, "Tasks", "dag")
def no_docs(dag: DagSpec, _: Settings) -> Iterator[Finding]:
    """A DAG should have documentation: doc_md, or a description.

    Why: Whoever is called at night reads it first, in Airflow itself.

    Fix: Give the DAG doc_md; `doc_md=__doc__` shows the file's docstring.

    Bad:
        with DAG("orders", schedule="@daily"): ...

    Good:
        with DAG("orders", schedule="@daily", doc_md=__doc__): ...
    """
    if not dag.documented and not dag.description:
        yield Finding(
            check="no-docs",
            **at_dag(dag),
            what="has neither doc_md nor a description",
            why="Airflow shows nothing to whoever has to repair it",
            fix="doc_md=__doc__ shows the file's docstring",
        )


@check("naming", Level.OFF, "Tasks", "dag")
def naming(dag: DagSpec, settings: Settings) -> Iterator[Finding]:
    """Ids should match `[tool.dagcheck.policy] dag_id` and `task_id`, regular expressions for whole ids.

    A task's id is matched without the prefix of its group. Without these keys both are `[a-z][a-z0-9_]*`.

    Why: One style is easier to search, to sort and to type.

    Fix: Rename the DAG or the task. Its history stays under the old id.

    Bad:
        with DAG("Daily-Orders", schedule="@daily"): ...

    Good:
        with DAG("daily_orders", schedule="@daily"): ...
    """
    policy = settings.policy
    why = "one style is easier to search and to sort"
    if not re.fullmatch(policy.dag_id, dag.dag_id):
        fix = "rename it; its history stays under the old id"
        what = f"the DAG id does not match {policy.dag_id}"
        yield Finding(check="naming", **at_dag(dag), what=what, why=why, fix=fix)
    for task in dag.tasks:
        own = task.task_id.removeprefix(f"{task.group}.") if task.group else task.task_id
        if not re.fullmatch(policy.task_id, own):
            what = f"the task id {name(own)} does not match {policy.task_id}"
            yield Finding(check="naming", **at_task(dag, task), what=what, why=why, fix="rename the task")


_WHY = {
    "no-retries": "a failure of a moment ends the run",
    "no-timeout": "a task that hangs holds its worker slot until somebody notices",
    "no-owner": "nobody knows whom to ask when it fails",
}


def _of_tasks(check_name: str, dag: DagSpec, tasks: list[TaskSpec], state: str, fix: str) -> Finding:
    """One finding per DAG: the remedy is the DAG's default_args."""
    number = "all tasks" if len(tasks) == len(dag.tasks) > 1 else f"{len(tasks)} of {len(dag.tasks)} tasks"
    what = f"{number} {state}: {listing(task.task_id for task in tasks)}"
    return Finding(check=check_name, **at_dag(dag), what=what, why=_WHY[check_name], fix=fix)
