"""The same fault is told alike on every Airflow version, whatever the version's own DagBag makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

pytestmark = pytest.mark.every_version


class Fault(NamedTuple):
    """What a file does at the line with `# here`, and what must be said of it, once; DAGs that are still items."""

    body: str
    check: str
    said: str
    dags: tuple[str, ...] = ()


FAULTS = {
    # escape the DagBag of 2.7 to 2.11
    "exits": Fault("raise SystemExit('bye')  # here", "import-crash", "status 1 while importing"),
    "exits_by_sys": Fault("import sys\nsys.exit(3)  # here", "import-crash", "status 3 while importing"),
    # escapes every DagBag
    "interrupts": Fault("raise KeyboardInterrupt('now')  # here", "import-error", "KeyboardInterrupt: now"),
    # Airflow's own time-out became a BaseException in 2.8, while the DagBag of 2.8 and 2.9 catches Exception
    "timed_out_by_airflow": Fault(
        """
        try:
            from airflow.sdk.exceptions import AirflowTaskTimeout
        except ImportError:
            from airflow.exceptions import AirflowTaskTimeout
        raise AirflowTaskTimeout("too slow")  # here
        """,
        "import-error", "AirflowTaskTimeout: too slow",
    ),
    "hangs": Fault("while True: pass  # here", "import-timeout", "did not finish importing within 6 s"),
    "fails": Fault("1 / 0  # here", "import-error", "ZeroDivisionError: division by zero"),
    "does_not_compile": Fault("def (  # here", "import-error", "SyntaxError"),
    "lacks_a_module": Fault("import no_such_module  # here", "import-error", "no_such_module is not installed"),
    "duplicate_task": Fault(
        """
        with DAG("duplicate_task", **DAILY):
            BaseOperator(task_id="only")
            BaseOperator(task_id="only")  # here
        """,
        "import-error", "DuplicateTaskIdFound: Task id 'only' has already been added",
    ),
    "unknown_argument": Fault(
        """
        with DAG("unknown_argument", **DAILY):
            BaseOperator(task_id="only", no_such_argument=1)  # here
        """,
        "import-error", "takes no argument no_such_argument",
    ),
    "cron_without_meaning": Fault(
        'dag = DAG("refused", start_date=datetime(2024, 1, 1), schedule="99 * * * *")  # here',
        "import-error", "99 * * * *", ("refused",),
    ),
    "cycle": Fault(
        """
        with DAG("cycle", **DAILY):
            first = BaseOperator(task_id="first")  # here
            first >> BaseOperator(task_id="second") >> first
        """,
        "cycle", "first -> second -> first", ("cycle",),
    ),
    "registers_nothing": Fault(
        """
        def make():  # here
            DAG("never_registered", **DAILY)
        make()
        """,
        "no-dag", "the file defines no DAG",
    ),
    "asks_the_database": Fault(
        """
        from airflow.models import Pool
        from airflow.utils.session import create_session
        with create_session() as session:
            session.query(Pool).all()  # here
        """,
        "parse-database", "the metadata DB",
    ),
}  # fmt: skip

# DAG files as a team has them, and the DAG of each.
ONE_TASK = "with DAG(NAME, **DAILY):\n    BaseOperator(task_id='only')\n"
FINE = {
    "siblings.py": "from names_of_team_a import NAME\n",
    "inner/package.py": "from common.names import NAME\n",
    "warns.py": "import warnings\nwarnings.warn('our own affair', DeprecationWarning, stacklevel=1)\nNAME = 'warns'\n",
}


@pytest.fixture(scope="module")
def faulty(new_repository: Callable[[], Repository]) -> tuple[Repository, Run]:
    """All faults in one folder."""
    repository = new_repository()
    repository.configure("timeout = 6.0\nparse_seconds = 6.0")  # a busy machine takes its time to import models
    for name, fault in FAULTS.items():
        repository.dag_code(f"dags/{name}.py", fault.body)
    return repository, repository.check()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_the_same_check_at_the_same_line(faulty: tuple[Repository, Run], name: str) -> None:
    repository, run = faulty
    line = repository.line_of(f"dags/{name}.py", "# here")
    (headline,) = [head for head in run.findings if head.startswith(f"dags/{name}.py:")]
    assert headline.startswith(f"dags/{name}.py:{line}: ")
    assert FAULTS[name].said in run.finding(FAULTS[name].check, f"dags/{name}.py:")


@pytest.mark.parametrize("name", FAULTS)
def test_the_dags_of_a_faulty_file_are_the_same(faulty: tuple[Repository, Run], name: str) -> None:
    items = {item.partition("::")[2] for item in faulty[1].outcomes if item.startswith(f"dags/{name}.py::")}
    assert items == set(FAULTS[name].dags)


@pytest.fixture(scope="module")
def fine(new_repository: Callable[[], Repository]) -> Run:
    """Two folders, each of which has modules of its own beside its DAG files."""
    repository = new_repository()
    repository.configure('dag_folder = ["team_a", "team_b"]')
    for path, names in FINE.items():
        repository.dag_code(f"team_a/{path}", names + ONE_TASK)
    repository.write("team_a/names_of_team_a.py", 'NAME = "siblings"\n')
    repository.write("team_a/common/names.py", 'NAME = "package"\n')
    repository.dag_code("team_b/etl.py", "from names_of_team_b import NAME\n" + ONE_TASK)
    repository.write("team_b/names_of_team_b.py", 'NAME = "second_folder"\n')
    return repository.check()


def test_modules_beside_the_dag_files_are_found(fine: Run) -> None:
    assert fine.outcomes == dict.fromkeys(
        [
            "team_a/inner/package.py", "team_a/inner/package.py::package", "team_a/siblings.py",
            "team_a/siblings.py::siblings", "team_a/warns.py", "team_a/warns.py::warns", "team_b/etl.py",
            "team_b/etl.py::second_folder",
        ],
        "PASSED",
    )  # fmt: skip


def test_a_warning_of_the_users_own_is_no_finding(fine: Run) -> None:
    assert fine.findings == []


def test_a_version_newer_than_all_known_is_a_line_of_the_header(repository: Repository) -> None:
    repository.dag("dags/etl.py", "etl_daily")
    repository.write("conftest.py", "from dagcheck._airflow import versions\nversions.NEWEST = (2, 6)\n")
    run = repository.check()
    assert run.text.count("is newer than 2.6, the newest that this dagcheck was tested with") == 1
    assert (run.status, run.outcomes["dags/etl.py::etl_daily"]) == (pytest.ExitCode.OK, "PASSED")
