"""Reports tasks that no run lets run, and cleanups that a failure prevents."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.registry import Settings, check
from dagcheck.checks.sweeps import told
from dagcheck.checks.wording import listing, name
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord


@check("join-always-skipped", Level.ERROR, "Branches and runs", "file")
def join_always_skipped(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A task that joins the sides of a branch must have a trigger rule that its choices can meet.

    Every combination of what the branches above it may return is simulated. And where a branch leads to the join itself
    as well as to a task above it, as to an optional step, choosing the join must let it run.

    Why: A branch skips the sides that it does not choose. With the rule all_success the join is skipped too, with
    everything below it, and the run succeeds.

    Fix: Give the join trigger_rule="none_failed_min_one_success".

    Bad:
        choose_task >> [weekly_task, daily_task] >> EmptyOperator(task_id="publish")

    Good:
        join = EmptyOperator(task_id="publish", trigger_rule="none_failed_min_one_success")
        choose_task >> [weekly_task, daily_task] >> join
    """
    yield from told(
        "join-always-skipped",
        record,
        "join",
        "skipped-choice",
        why=lambda fact: (
            f"it waits for more than one side of {listing(fact.more)}, which skips what it does not choose"
            if fact.kind == "join"
            else f"it also waits for {listing(fact.more[1:])}, which that choice skips"
        ),
        fix=lambda fact: f'trigger_rule="none_failed_min_one_success" on {name(fact.task_id)}',
    )


@check("task-never-runs", Level.ERROR, "Branches and runs", "file")
def task_never_runs(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A task must run on some date, or when some other task fails.

    Every combination of what the branches above it may return is simulated, and every single failure above it.

    Why: It is dead, and so is everything that waits for it; the run succeeds nevertheless.

    Fix: Change its trigger rule or its upstream tasks.

    Bad:
        EmptyOperator(task_id="quiet_day", trigger_rule="all_skipped") << [extract_task, weekly_task]

    Good:
        EmptyOperator(task_id="quiet_day", trigger_rule="all_skipped") << [weekly_task, monthly_task]
    """
    yield from told(
        "task-never-runs",
        record,
        "never-runs",
        why=lambda fact: f"its rule is never met by what is upstream: {listing(fact.more)}",
        fix="change its trigger rule, or what is upstream of it",
    )


@check("cleanup-not-guaranteed", Level.WARNING, "Branches and runs", "file")
def cleanup_not_guaranteed(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A task whose name says that it clears up should run whatever fails before it.

    Looked at are the last tasks of a DAG called cleanup, clean_up, teardown or tear_down, alone or as a part.

    Why: After a failure, temporary data, clusters and locks stay.

    Fix: Make it a teardown (`task.as_teardown(setups=...)`), or give it trigger_rule="all_done".

    Bad:
        load_task >> EmptyOperator(task_id="cleanup")

    Good:
        load_task >> EmptyOperator(task_id="cleanup", trigger_rule="all_done")
    """
    yield from told(
        "cleanup-not-guaranteed",
        record,
        "cleanup",
        why="what it should remove stays after a failure",
        fix=lambda fact: f'make {name(fact.task_id)} a teardown, or give it trigger_rule="all_done"',
    )


@check("setup-teardown", Level.ERROR, "Branches and runs", "file")
def setup_teardown(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A teardown must run whenever a setup of its own has run.

    The DAG is run over its own dates, once as it goes by itself and once for each single failure above the teardown.

    Why: What the setup made stays: a cluster, a lock, a table. Airflow makes a teardown wait for all that is upstream,
    and run; but a branch directly above it may skip it, and one that is mapped over what a task returns has no instance
    when that task fails.

    Fix: Put a task that always runs between the branch and the teardown; map a teardown over nothing but its setups.

    Bad:
        create >> choose >> [load, delete.as_teardown(setups=create)]

    Good:
        create >> choose >> load >> delete.as_teardown(setups=create)
    """
    yield from told(
        "setup-teardown",
        record,
        "teardown",
        why=lambda fact: f"what {listing(fact.more)} made stays",
        fix=lambda fact: (
            "map it over nothing but its setups" if fact.detail else "let no branch stand directly above it"
        ),
    )
