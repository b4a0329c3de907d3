"""Reports functions that Airflow can't call as they are given to it."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.problems import finding, of_kinds
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import name, one_line
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord, Problem

# What, with the problem's detail and that as a name; why; fix.
_MISFITS: dict[str, tuple[str, str, str]] = {
    "argument-missing": (
        "the arguments do not fit the callable: {0}",
        "the task fails in every run",
        "pass it in op_kwargs or op_args",
    ),
    "argument-dropped": (
        "op_kwargs {1} is taken by no parameter of the callable",
        "Airflow drops it without a word",
        "give the entry of op_kwargs the parameter's name",
    ),
    "argument-reserved": (
        "the parameter {1} is given by position, and Airflow gives it by name too",
        "the task fails in every run",
        "give the parameter a name that is no key of the context, or pass it by name",
    ),
}


@check("arguments-mismatch", Level.ERROR, "Tasks", "file")
def arguments_mismatch(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """The op_args and op_kwargs of a PythonOperator must fit its callable.

    Besides them the callable is given the keys of the context that it has parameters for.

    Why: A missing argument fails the task in every run, and so does one that is given by position to a parameter with
    the name of a key of the context, also with @task. An entry of op_kwargs that no parameter takes is dropped without
    a word, so that a default is used in its place.

    Fix: Make the names of op_kwargs and of the parameters the same, and keep those of the context for its values.

    Bad:
        def load(table, batch_size=100): ...

        PythonOperator(task_id="load", python_callable=load, op_kwargs={"table": "orders", "batchsize": 500})

    Good:
        def load(table, batch_size=100): ...

        PythonOperator(task_id="load", python_callable=load, op_kwargs={"table": "orders", "batch_size": 500})
    """
    for problem, dag, task in of_kinds(record, "argument-missing", "argument-dropped", "argument-reserved"):
        what, why, fix = _MISFITS[problem.kind]
        detail = one_line(problem.detail)
        yield finding("arguments-mismatch", dag, task, what=what.format(detail, name(problem.detail)), why=why, fix=fix)


@check("callback-signature", Level.ERROR, "Tasks", "file")
def callback_signature(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A callback must take exactly one argument, the context.

    Why: Airflow calls it with the context alone. One that takes something else raises, which only the log of the
    worker shows: the alert never comes.

    Fix: Let it take one argument; give it others with functools.partial.

    Bad:
        def alert(): ...

        with DAG("orders", schedule="@daily", on_failure_callback=alert): ...

    Good:
        def alert(context): ...

        with DAG("orders", schedule="@daily", on_failure_callback=alert): ...
    """
    told: set[tuple[str, str, str]] = set()
    for problem, dag, task in of_kinds(record, "callback"):
        key = (problem.dag_id, problem.argument, problem.detail)
        if key not in told:  # most often default_args give it to every task
            told.add(key)
            yield finding(
                "callback-signature",
                dag,
                task,
                what=f"{name(problem.argument)} can't be called with the context: {one_line(problem.detail)}",
                why="it raises when it is needed, and only the worker's log shows it",
                fix="let it take one argument, the context",
            )


@check("removed-context-key", Level.ERROR, "Tasks", "file")
def removed_context_key(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A task or callback must not read a key of the context that the installed Airflow no longer has.

    Looked for in parameters, in `context[...]` and `kwargs[...]`, and in templates.

    Why: In Python it fails with KeyError or TypeError, or reads None; in a template the name is undefined and renders
    as nothing.

    Fix: Read what takes its place.

    Bad:
        def load(execution_date): ...

    Good:
        def load(logical_date): ...
    """
    for problem, dag, task in of_kinds(record, "removed-key"):
        where = f"in {name(problem.argument)}" if problem.argument else "by its function"
        plain = "it renders as nothing" if problem.argument else "the task fails in every run"
        yield finding(
            "removed-context-key",
            dag,
            task,
            what=f"{name(problem.detail)} is read {where}, a key that this Airflow has no longer",
            why="the callback fails, or tells nothing, when it is needed" if _in_callback(problem) else plain,
            fix=f"use {one_line(problem.more[0])}" if problem.more else "read another key",
        )


@check("runtime-operator", Level.ERROR, "Structure", "file")
def runtime_operator(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A task's own function must not make operators, nor must a callback.

    Why: The DAG's tasks are fixed when its file is parsed. An operator that is made while a task runs belongs to no
    DAG and never runs.

    Fix: Make the operator beside the task; for a number of tasks that is known only at run time use `.expand(...)`.

    Bad:
        @task
        def load_all(tables):
            for table in tables:
                BashOperator(task_id=table, bash_command=f"load {table}")

    Good:
        BashOperator.partial(task_id="load").expand(bash_command=list_commands())
    """
    for problem, dag, task in of_kinds(record, "operator-at-run-time"):
        yield finding(
            "runtime-operator",
            dag,
            task,
            what=f"{_maker(problem)} makes a {_made(problem)}, which will never run",
            why="the DAG's tasks are fixed when its file is parsed",
            fix="use a notifier, or a hook"
            if problem.argument
            else "make the operator beside this task, with .expand(...) where the number is known only at run time",
        )


@check("nested-operator", Level.WARNING, "Structure", "file")
def nested_operator(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A task's own function or a callback should not execute an operator.

    Why: Only Airflow's task runner readies an operator: executed by hand its templates are not rendered, it is not
    retried, and deferring fails. Since 2.9 Airflow logs that it cannot be called outside of the task runner, and
    refuses where allow_nested_operators is False.

    Fix: Call the hook that the operator calls; for an alert give Airflow a notifier. Otherwise make the operator a task
    of its own.

    Bad:
        def alert(context):
            SlackWebhookOperator(task_id="alert", message="failed").execute(context=context)

        @dag(schedule="@daily", on_failure_callback=alert)
        def orders(): ...

    Good:
        @dag(schedule="@daily", on_failure_callback=SlackWebhookNotifier(text="{{ dag.dag_id }} failed"))
        def orders(): ...
    """
    for problem, dag, task in of_kinds(record, "operator-executed"):
        yield finding(
            "nested-operator",
            dag,
            task,
            what=f"{_maker(problem)} makes a {_made(problem)}, and executes it",
            why="outside of the task runner no template of it is rendered, and Airflow may refuse it",
            fix="use a notifier, or the hook that the operator calls"
            if problem.argument
            else "call the hook that the operator calls, or make the operator a task of its own",
        )


def _in_callback(problem: Problem) -> bool:
    return problem.argument.startswith("on_") and problem.argument.endswith("_callback")


def _maker(problem: Problem) -> str:
    return name(problem.argument) if problem.argument else "its function"


def _made(problem: Problem) -> str:
    return f"{name(problem.detail)} at line {one_line(problem.more[0])}" if problem.more else name(problem.detail)
