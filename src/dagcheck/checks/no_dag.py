"""Reports a file that looks like a DAG file but defines no DAG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import name
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord, Orphan


@check("no-dag", Level.WARNING, "Loading", "folder")
def no_dag(records: Iterable[FileRecord], _: Settings) -> Iterator[Finding]:
    """A file that sets out to define a DAG should leave one at its module level.

    Why: Airflow takes the DAGs that it finds at module level, and says nothing when there are none: the file is
    simply not on the list.

    Fix: Call the function that @dag decorates. Assign a DAG that a function returns to a name at module level. Make
    tasks inside `with DAG(...)`, or give them dag=. A module of factories that other files call is not reported; if
    yours is called from outside the folder, ignore the check for it.

    Bad:
        from airflow.sdk import dag, task  # airflow.decorators on Airflow 2

        @dag(schedule="@daily")
        def orders():
            @task
            def extract(): ...

            extract()

    Good:
        from airflow.sdk import dag, task  # airflow.decorators on Airflow 2

        @dag(schedule="@daily")
        def orders():
            @task
            def extract(): ...

            extract()

        orders()
    """
    suspects: list[tuple[str, tuple[Orphan, ...]]] = []
    used: set[str] = set()
    for record in records:
        suspicious = not (record.dags or record.failure or record.refusals) and bool(record.orphans)
        if suspicious:
            suspects.append((record.file, record.orphans))
        # A suspect's calls of its own functions gave no DAG to anybody.
        used.update(f for f in record.factories if not (suspicious and f.rpartition(":")[0] == record.file))
    libraries = {factory.rpartition(":")[0] for factory in used}
    for file, orphans in suspects:
        for orphan in orphans:
            if f"{file}:{orphan.line}" not in used and not (orphan.kind == "hidden" and file in libraries):
                yield _finding(file, orphan)


def _finding(file: str, orphan: Orphan) -> Finding:
    what, why, fix = _story(orphan)
    return Finding(
        check="no-dag", file=file, line=orphan.line, what=f"the file defines no DAG: {what}", why=why, fix=fix
    )


def _story(orphan: Orphan) -> tuple[str, str, str]:
    what = name(orphan.name)
    if orphan.kind == "uncalled":
        return (
            f"nothing calls {what}(), which is decorated with @dag",
            "a @dag function makes its DAG when it is called, not before",
            f"call {what}() at the end of the file",
        )
    if orphan.kind == "hidden":
        return (
            f"DAG(...) stands inside {what}() alone, never at module level",
            "Airflow takes only the DAGs that it finds at module level",
            f"have {what}() return the DAG, and add `dag = {what}(...)` at the end of the file",
        )
    return (
        f"task '{what}' is made outside any DAG",
        "a task without a DAG never runs",
        "make it inside `with DAG(...)`, or pass it dag=",
    )
