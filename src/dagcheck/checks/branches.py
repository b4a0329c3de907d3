"""Reports what branches do wrong on some date of their DAG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dagcheck.checks.places import innermost, own_file
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.subjects import at_dag
from dagcheck.checks.sweeps import facts, finding, swept_dags, told
from dagcheck.checks.wording import frame_lines, listing, name, raised_line
from dagcheck.findings import Finding, Level
from dagcheck.record import Failure, FileRecord, SweptFact
from dagcheck.spec import DagSpec


@check("branch-target", Level.ERROR, "Branches and runs", "file")
def branch_target(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A branch must return ids of tasks directly downstream of it, or of groups that hold one.

    The DAG is run over its own dates with only its branches executed.

    Why: An id that there is not fails the branch. Any other id of the DAG is accepted without a word: the tasks that
    should have run are skipped, and often the join with them.

    Fix: Return the id of a direct downstream task, with the id of its group in front.

    Bad:
        def choose(logical_date):
            return "weekly" if logical_date.day_of_week == 0 else "report"

        choose_task >> [weekly_task, daily_task] >> report_task

    Good:
        def choose(logical_date):
            return "weekly" if logical_date.day_of_week == 0 else "daily"
    """
    yield from told(
        "branch-target",
        record,
        "unknown-target",
        "far-target",
        why=lambda fact: (
            "the branch fails"
            if fact.kind == "unknown-target"
            else "everything directly downstream that is not chosen is skipped"
        ),
        fix=_target_fix,
    )


def _target_fix(fact: SweptFact) -> str:
    if fact.kind == "far-target":
        return f"return one of {listing(fact.more)}"
    return f"write {name(fact.more[0])} if that was meant" if fact.more else "return a task directly downstream"


@check("branch-raises", Level.ERROR, "Branches and runs", "file")
def branch_raises(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A branch must not raise on any date of its DAG, end its process or hang.

    The DAG is run over its own dates with only its branches executed: two years of them, and those at which dates go
    wrong. What a branch could not have there (an XCom, a Variable) is branch-undecided instead.

    Why: The branch fails on that date, and nothing below it runs.

    Fix: Correct the function for the date that is shown.

    Bad:
        def choose(logical_date):
            first = logical_date.replace(day=31)
            return "end" if logical_date == first else "other"

    Good:
        def choose(logical_date):
            tomorrow = logical_date.add(days=1)
            return "end" if tomorrow.day == 1 else "other"
    """
    for fact, swept, dag in facts(record, "raises"):
        why, fix = "nothing below it runs then", "correct the function for that date"
        found = finding("branch-raises", fact, swept, dag, why=why, fix=fix)
        if fact.file is not None:
            found = replace(found, file=own_file(fact.file, record.file), line=fact.line)
        yield found
    for swept, dag in swept_dags(record):
        if swept.stopped is not None:
            yield _ended(swept.stopped, record, dag)


def _ended(failure: Failure, record: FileRecord, dag: DagSpec) -> Finding:
    file, line = innermost(failure, record.file)
    found = Finding(
        check="branch-raises",
        **at_dag(dag),
        what=f"a branch {_stopped(failure)} when the DAG is run over its dates",
        why="a task that does so fails, and nothing below it runs",
        fix="correct the function",
        proof=tuple(frame_lines(failure.frames)),
    )
    return found if line is None else replace(found, file=file, line=line)


def _stopped(failure: Failure) -> str:
    return {
        "exit": f"ends its process with status {failure.status}",
        "timeout": f"does not return: it was stopped after {failure.status} s",
        "crash": f"crashes its process with signal {failure.status}",
        "memory": f"takes more memory than {failure.status} MiB",
    }.get(failure.kind, f"raises {raised_line(failure.chain[0])}" if failure.chain else "ends its process")


@check("branch-returns-nothing", Level.WARNING, "Branches and runs", "file")
def branch_returns_nothing(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A branch should choose something on every date of its DAG.

    Why: Where it returns None or an empty list, everything directly downstream is skipped, and the run succeeds
    although it did nothing. A path without `return` does so by mistake.

    Fix: Return the id of a task for every case, if need be of one that does nothing.

    Bad:
        def choose(logical_date):
            if logical_date.day == 1:
                return "monthly"

    Good:
        def choose(logical_date):
            return "monthly" if logical_date.day == 1 else "daily"
    """
    yield from told(
        "branch-returns-nothing",
        record,
        "nothing",
        why="everything directly downstream is skipped",
        fix="return an id in every case; a ShortCircuitOperator says that nothing is to run",
    )


@check("branch-never-taken", Level.WARNING, "Branches and runs", "file")
def branch_never_taken(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """Every side of a branch should be taken on some date of its DAG.

    Told only of branches that look at nothing but the date.

    Why: The side is dead: an arm that no `return` names, a condition that cannot be true (weekday() counts from 0,
    isoweekday() from 1), an `and` where `or` was meant.

    Fix: Correct the condition, or remove the side.

    Bad:
        def choose(logical_date):
            return "weekly" if logical_date.weekday() == 7 else "daily"

    Good:
        def choose(logical_date):
            return "weekly" if logical_date.isoweekday() == 7 else "daily"
    """
    yield from told(
        "branch-never-taken",
        record,
        "never-taken",
        why=lambda fact: f"it chooses {listing(fact.more)}" if fact.more else "nothing below it ever runs",
        fix="correct the condition, or remove what is never chosen",
    )


@check("branch-unstable", Level.WARNING, "Branches and runs", "file")
def branch_unstable(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A branch should choose the same for the same date, whenever the run is made.

    Each date is run twice: when the scheduler would, and a day and a half later. LatestOnlyOperator is left out.

    Why: A run that is repeated, backfilled or late takes another way than the one that it should repeat: the branch
    looks at today instead of the logical date, or at chance.

    Fix: Use logical_date or data_interval_end; give BranchDayOfWeekOperator and BranchDateTimeOperator
    use_task_logical_date=True.

    Bad:
        def choose():
            return "weekly" if datetime.now().weekday() == 0 else "daily"

    Good:
        def choose(data_interval_end):
            return "weekly" if data_interval_end.weekday() == 0 else "daily"
    """
    yield from told(
        "branch-unstable",
        record,
        "unstable",
        why="a run that is repeated takes another way",
        fix="decide by logical_date or data_interval_end instead of the clock or chance",
    )


@check("branch-undecided", Level.WARNING, "Branches and runs", "file")
def branch_undecided(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A branch that needs what only a real run knows cannot be checked: told once, with what would decide it.

    An XCom of a task that is not executed, a Variable or Connection that is not configured, an answer from the
    network. Whatever it may return is still tried on everything below it.

    Why: What it does on which date is not known to anybody before it runs.

    Fix: Configure the Variable or Connection under [tool.dagcheck], or test the branch with the stub that is shown.

    Bad:
        def choose(ti):
            return "full" if ti.xcom_pull(task_ids="count") > 1000 else "light"

    Good:
        def test_many_rows_are_loaded_in_full(simulate):
            run = simulate("orders", "2025-01-06", outcomes={"count": Returns(2000)})
            assert run.state("full") == "success"
    """
    yield from told(
        "branch-undecided",
        record,
        "undecided",
        why="its choices are not checked",
        fix="test it with the stub, or configure what it reads; else ignore this finding",
    )
