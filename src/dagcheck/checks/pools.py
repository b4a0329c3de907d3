"""Reports tasks that no pool will ever let start."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.registry import Settings, check
from dagcheck.checks.subjects import at_task
from dagcheck.checks.wording import listing, name
from dagcheck.findings import Finding, Level
from dagcheck.spec import DagSpec

# What Airflow creates by itself: [core] default_pool_task_slot_count (airflow/models/pool.py, 2.7 to 3.3).
_DEFAULT = {"default_pool": 128}


@check("unknown-pool", Level.ERROR, "Tasks", "dag")
def unknown_pool(dag: DagSpec, settings: Settings) -> Iterator[Finding]:
    """A task's pool must be declared.

    Why: Airflow never starts a task whose pool does not exist: it stays scheduled, without an error.

    Fix: Declare the pool under [tool.dagcheck.pools] if Airflow has it, or correct its name.

    Bad:
        load = BashOperator(task_id="load", bash_command="load.sh", pool="warehose")

    Good:
        load = BashOperator(task_id="load", bash_command="load.sh", pool="warehouse")
    """
    pools = {**_DEFAULT, **settings.pools}
    for task in dag.tasks:
        if task.pool not in pools:
            yield Finding(
                check="unknown-pool",
                **at_task(dag, task),
                what=f"the pool {name(task.pool)} is not declared",
                why="Airflow never starts a task whose pool does not exist",
                fix=f"declare {name(task.pool)} with its slots under [tool.dagcheck.pools], or use one that is "
                f"declared: {listing(pools)}",
            )


@check("pool-slots", Level.ERROR, "Tasks", "dag")
def pool_slots(dag: DagSpec, settings: Settings) -> Iterator[Finding]:
    """A task must not ask for more slots than its pool has.

    Why: Airflow never starts such a task: it stays scheduled, without an error.

    Fix: Ask for fewer slots, or give the pool more.

    Bad:
        load = BashOperator(task_id="load", bash_command="load.sh", pool="warehouse", pool_slots=20)

    Good:
        load = BashOperator(task_id="load", bash_command="load.sh", pool="warehouse", pool_slots=2)
    """
    pools = {**_DEFAULT, **settings.pools}
    for task in dag.tasks:
        slots = pools.get(task.pool, -1)
        if 0 <= slots < task.pool_slots:
            yield Finding(
                check="pool-slots",
                **at_task(dag, task),
                what=f"asks for {task.pool_slots} slots of the pool {name(task.pool)}, which has {slots}",
                why="Airflow never starts it",
                fix=f"pool_slots={slots} at most, or more slots for the pool" if slots else "give the pool slots",
            )
