"""Reports arguments of tasks that do not mean what they seem to mean."""

from __future__ import annotations

from collections.abc import Iterator

from dagcheck.checks.problems import did_you_mean, finding, of_kinds
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.subjects import at_task
from dagcheck.checks.wording import name, one_line
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec

_LONG_POKING = 3600.0  # seconds: an hour of a worker slot


@check("wrong-type", Level.ERROR, "Tasks", "file")
def wrong_type(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A task's attributes must have the types that Airflow works with.

    Why: Airflow converts what its own constructor is given. What an operator of your own sets after it, nobody
    converts: the scheduler fails when it computes with it.

    Fix: Pass it to `super().__init__(...)`, or set it in the right type.

    Bad:
        class Load(BaseOperator):
            def __init__(self, **kwargs):
                super().__init__(**kwargs)
                self.execution_timeout = 300

    Good:
        class Load(BaseOperator):
            def __init__(self, **kwargs):
                super().__init__(execution_timeout=timedelta(minutes=5), **kwargs)
    """
    for problem, dag, task in of_kinds(record, "type"):
        wanted = one_line(problem.more[0]) if problem.more else "another type"
        yield finding(
            "wrong-type",
            dag,
            task,
            what=f"{name(problem.argument)} is {one_line(problem.detail)}, not {wanted}",
            why="Airflow computes with it while the task runs, and fails or does something else",
            fix=f"make it {wanted}",
        )


@check("unknown-default-arg", Level.ERROR, "Tasks", "file")
def unknown_default_arg(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A key of default_args must be one that a task takes.

    Told are keys that belong on the DAG, and those that are misspelt; others may be meant for other DAGs.

    Why: Airflow drops it without a word: a `catchup` or `max_active_runs` in default_args has no effect.

    Fix: Give it to the DAG itself, or correct it.

    Bad:
        with DAG("orders", schedule="@daily", default_args={"catchup": False, "retrys": 3}): ...

    Good:
        with DAG("orders", schedule="@daily", catchup=False, default_args={"retries": 3}): ...
    """
    for problem, dag, task in of_kinds(record, "default-argument"):
        of_dag = problem.more == ("DAG",)
        yield finding(
            "unknown-default-arg",
            dag,
            task,
            what=f"default_args {name(problem.detail)} "
            + ("belongs on the DAG" if of_dag else "is an argument of no operator in this DAG"),
            why="Airflow drops it without a word",
            fix=f"pass {name(problem.detail)}=... to the DAG itself"
            if of_dag
            else did_you_mean(problem.more, "remove it"),
        )


@check("secret-literal", Level.ERROR, "Tasks", "file")
def secret_literal(record: FileRecord, _: Settings) -> Iterator[Finding]:
    """A password or key must not stand in the DAG file.

    Looked for in operators' arguments that are named like a secret, and in URIs with a password.

    Why: Everybody who can read the repository, or the task's page in Airflow, has it.

    Fix: Put it into an Airflow Connection, and name that.

    Bad:
        LoadOperator(task_id="load", url="postgresql://etl:hunter2@db/orders")

    Good:
        LoadOperator(task_id="load", conn_id="orders_db")
    """
    for problem, dag, task in of_kinds(record, "secret"):
        form = "holds a URI with a password" if problem.detail == "URI" else "is a secret that stands in the file"
        yield finding(
            "secret-literal",
            dag,
            task,
            what=f"{name(problem.argument)} {form}",
            why="everybody who can read the repository, or the task's page in Airflow, has it",
            fix="put it into an Airflow Connection; then change it, for it is known",
        )


@check("sensor-holds-worker", Level.WARNING, "Tasks", "dag")
def sensor_holds_worker(dag: DagSpec, _: Settings) -> Iterator[Finding]:
    """A sensor that may wait for long should not hold a worker slot meanwhile.

    Told are sensors in mode poke, not deferrable, with a timeout of more than an hour.

    Why: In mode poke the task keeps its worker slot until the timeout; a few of them stop everything else.

    Fix: mode="reschedule" or deferrable=True, or a shorter timeout.

    Bad:
        FileSensor(task_id="wait", filepath="orders.csv", timeout=7 * 24 * 3600)

    Good:
        FileSensor(task_id="wait", filepath="orders.csv", timeout=7 * 24 * 3600, mode="reschedule")
    """
    for task in dag.tasks:
        if task.operator != "SubDagOperator" and (task.poke_timeout or 0.0) > _LONG_POKING:
            yield Finding(
                check="sensor-holds-worker",
                **at_task(dag, task),
                what=f"pokes for up to {_duration(task.poke_timeout or 0.0)} and holds its worker slot meanwhile",
                why="a few such sensors stop everything else",
                fix='mode="reschedule", deferrable=True, or a shorter timeout',
            )


def _duration(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours / 24:g} days" if hours >= 48 else f"{hours:.3g} hours"  # noqa: PLR2004 -- two days read better as days
