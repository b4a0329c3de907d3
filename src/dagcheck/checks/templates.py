"""Reports templates that do not render as they are meant."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.problems import did_you_mean, finding, of_kinds
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import listing, name, one_line
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord


@check("template-error", Level.ERROR, "Templates", "file")
def template_error(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A template must parse, and every name, filter and test in it must be known.

    Why: One that does not parse fails the task in every run. A name that nothing defines renders as nothing, without
    an error: a path or a query quietly loses a part.

    Fix: Correct the template. Names come from Airflow's context, `params`, and the DAG's user_defined_macros.

    Bad:
        BashOperator(task_id="load", bash_command="load {{ logical_dat }}")

    Good:
        BashOperator(task_id="load", bash_command="load {{ logical_date }}")
    """
    for problem, dag, task in of_kinds(record, "template-syntax", "template-name"):
        syntax = problem.kind == "template-syntax"
        yield finding(
            "template-error",
            dag,
            task,
            what=f"{name(problem.argument)}: "
            + (one_line(problem.detail) if syntax else f"nothing defines the name {name(problem.detail)}"),
            why="the task fails in every run" if syntax else "it renders as nothing, without an error",
            fix="correct the template"
            if syntax
            else did_you_mean(problem.more, "add it to the DAG's params or user_defined_macros, or remove it"),
        )


@check("unknown-param", Level.WARNING, "Templates", "file")
def unknown_param(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A param that a template prints must be one of the DAG's or the task's.

    Looked at are DAGs with dates, and what is printed whatever happens: not in an `if`, nor with a default.

    Why: A run that the scheduler makes has no conf that could bring it. It renders as nothing, without an error.

    Fix: Declare it in the DAG's params, or give it a default: `{{ params.get("limit", 10) }}`.

    Bad:
        BashOperator(task_id="load", bash_command="load --limit {{ params.limti }}", params={"limit": 10})

    Good:
        BashOperator(task_id="load", bash_command="load --limit {{ params.limit }}", params={"limit": 10})
    """
    for problem, dag, task in of_kinds(record, "template-param"):
        yield finding(
            "unknown-param",
            dag,
            task,
            what=f"{name(problem.argument)}: no param is named {name(problem.detail)}",
            why="it renders as nothing, without an error, unless a run by hand brings it in its conf",
            fix=did_you_mean(problem.more, "add it to the params of the DAG, or give it a default"),
        )


@check("template-file-missing", Level.ERROR, "Templates", "file")
def template_file_missing(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A template file must be where Airflow looks for it: in the DAG file's folder and in template_searchpath.

    A text that ends with one of the operator's template_ext (.sh, .sql and so on) is taken for a file's name.

    Why: The task fails in every run.

    Fix: Correct the path, or add its folder to the DAG's template_searchpath. A command that only ends so gets a space
    at its end.

    Bad:
        BashOperator(task_id="load", bash_command="/opt/load.sh")

    Good:
        BashOperator(task_id="load", bash_command="/opt/load.sh ")
    """
    for problem, dag, task in of_kinds(record, "template-file"):
        searched = listing(problem.more) or "no folder"
        absolute = "; an absolute path counts from there too" if problem.detail.startswith("/") else ""
        yield finding(
            "template-file-missing",
            dag,
            task,
            what=f"{name(problem.argument)}: there is no template file {name(problem.detail)}",
            why=f"the task fails in every run; Airflow looks in {searched}{absolute}",
            fix="correct the path or template_searchpath; a command that only ends like a file gets a space at its end",
        )


@check("template-ignored", Level.ERROR, "Templates", "file")
def template_ignored(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """Jinja must stand in an argument that the operator renders.

    Why: Anywhere else the braces reach the other system as they are.

    Fix: Use an argument among the operator's template_fields, or add it to those of your own operator.

    Bad:
        BashOperator(task_id="load", bash_command="load.py", pool="{{ params.pool }}")

    Good:
        BashOperator(task_id="load", bash_command="load.py --date {{ ds }}", pool="warehouse")
    """
    for problem, dag, task in of_kinds(record, "template-ignored"):
        operator = name(task.operator) if task else "the operator"
        yield finding(
            "template-ignored",
            dag,
            task,
            what=f"{operator} does not render {name(problem.argument)}, which holds Jinja: {one_line(problem.detail)}",
            why="the braces are used as they are",
            fix=f"add {name(problem.argument)} to template_fields of an operator of your own, or compute it in a task",
        )


@check("xcom-source", Level.ERROR, "Templates", "file")
def xcom_source(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """An XCom must be pulled from a task that is there, and upstream.

    Why: From a task that there is not it is None. One that is not upstream may run later, or at the same time: None on
    some days.

    Fix: Correct the id (with the id of its group), or add the dependency.

    Bad:
        BashOperator(task_id="load", bash_command="load {{ ti.xcom_pull(task_ids='extrakt') }}")

    Good:
        BashOperator(task_id="load", bash_command="load {{ ti.xcom_pull(task_ids='extract') }}")
    """
    for problem, dag, task in of_kinds(record, "xcom-unknown", "xcom-not-upstream"):
        unknown = problem.kind == "xcom-unknown"
        state = "a task that there is not" if unknown else "which is not upstream"
        yield finding(
            "xcom-source",
            dag,
            task,
            what=f"{name(problem.argument)} pulls an XCom from {name(problem.detail)}, {state}",
            why="it is always None" if unknown else "it is None whenever that task has not run yet",
            fix=did_you_mean(problem.more, "name a task of this DAG")
            if unknown
            else f"add the dependency {name(problem.detail)} >> {name(problem.task_id or '')}",
        )
