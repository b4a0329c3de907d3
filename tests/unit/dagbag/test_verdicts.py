from __future__ import annotations

import pytest
from made_dags import dag

from dagcheck.checks.registry import Settings
from dagcheck.dagbag.verdicts import Verdicts, verdicts_on
from dagcheck.record import Event, Failure, FileRecord, Frame, Raised, Refusal
from dagcheck.spec import DagSpec

SETTINGS = Settings(deciding=frozenset())
FRAME = Frame(file="dags/bad.py", line=3, function="<module>", text="1 / 0")


def orders(file: str = "dags/orders.py", line: int = 7) -> DagSpec:
    return dag("extract >> load", file=file, line=line)


def verdicts(*records: FileRecord) -> Verdicts:
    return verdicts_on({f"/repo/{record.file}": record for record in records}, SETTINGS)


def test_a_file_that_loads_gives_its_dags() -> None:
    found = verdicts(FileRecord(file="dags/orders.py", dags=(orders(),)))
    assert (found.specs, found.paths) == ({"orders": orders()}, {"orders": "/repo/dags/orders.py"})
    assert (found.import_errors, found.barred) == ({}, {})


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (Failure(kind="exception", chain=(Raised(type="ZeroDivisionError", message="by zero", frames=(FRAME,)),)),
         "dags/bad.py:3: ZeroDivisionError: by zero [import-error]"),
        (Failure(kind="exit", status=0, frames=(FRAME,)), "dags/bad.py:3: the process exited with status 0"),
        (Failure(kind="timeout", status=5, frames=(FRAME,)), "dags/bad.py:3: did not finish importing within 5 s"),
        (Failure(kind="crash", status=11), "the process was killed by SIGSEGV"),
        (Failure(kind="refused", chain=(Raised(type="OSError", message="no network", frames=(FRAME,)),)), "no network"),
    ],
)  # fmt: skip
def test_a_file_that_fails_is_an_import_error_with_the_users_line(failure: Failure, told: str) -> None:
    event = Event(kind="network", detail="db:5432", file="dags/bad.py", line=3, refused=True)
    found = verdicts(FileRecord(file="dags/bad.py", failure=failure, events=(event,)))
    assert told in found.import_errors["dags/bad.py"]
    assert found.specs == {}


def test_a_dag_that_airflow_refuses_is_an_import_error_and_no_dag() -> None:
    refusal = Refusal(dag_id="orders", type="AirflowTimetableInvalid", message="bad cron", line=7)
    found = verdicts(FileRecord(file="dags/orders.py", dags=(orders(),), refusals=(refusal,)))
    assert "orders: AirflowTimetableInvalid: bad cron" in found.import_errors["dags/orders.py"]
    assert found.specs == {}


def test_a_cyclic_dag_is_an_import_error_with_its_path() -> None:
    found = verdicts(FileRecord(file="dags/orders.py", dags=(dag("a >> b >> a"),)))
    assert "a -> b -> a" in found.import_errors["dags/orders.py"]
    assert found.specs == {}


def test_of_two_dags_with_one_id_the_first_stays_and_the_other_is_an_import_error() -> None:
    first, second = orders(), orders("dags/copy.py", 3)
    found = verdicts(FileRecord(file="dags/orders.py", dags=(first,)), FileRecord(file="dags/copy.py", dags=(second,)))
    assert found.specs == {"orders": first}
    assert list(found.import_errors) == ["dags/copy.py"]
    assert "used more than once: also at dags/orders.py:7" in found.import_errors["dags/copy.py"]


@pytest.mark.parametrize(
    ("kind", "allow"), [("network", "allow_network"), ("process", "allow_processes"), ("file", "allow_writes")]
)
def test_a_file_that_goes_on_after_a_refusal_is_not_loaded_without_the_sandbox(kind: str, allow: str) -> None:
    event = Event(kind=kind, detail="db:5432", file="dags/orders.py", line=4, refused=True)  # type: ignore[arg-type]
    found = verdicts(FileRecord(file="dags/orders.py", dags=(orders(),), events=(event,)))
    reason = found.barred["/repo/dags/orders.py"]
    assert reason.startswith(f"dags/orders.py:4: {kind} (db:5432) is refused")
    assert allow in reason
    assert list(found.specs) == ["orders"]


def test_what_was_let_through_bars_nothing() -> None:
    events = (
        Event(kind="network", detail="db:5432", file="dags/orders.py", line=4),
        Event(kind="variable", detail="region", file="dags/orders.py", line=5, refused=True),
    )
    assert verdicts(FileRecord(file="dags/orders.py", dags=(orders(),), events=events)).barred == {}
