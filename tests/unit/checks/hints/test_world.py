from __future__ import annotations

import pytest

from dagcheck.checks.hints import Hint, hint_for
from dagcheck.record import Event, Failure, FileRecord, Frame, Raised

FILE = "dags/etl.py"


def hint(type_: str, message: str, text: str = "", name: str | None = None, events: tuple[Event, ...] = ()) -> Hint:
    frames = (Frame(file=FILE, line=3, function="<module>", text=text),)
    raised = Raised(type=type_, message=message, frames=frames, name=name)
    return hint_for(FileRecord(file=FILE, failure=Failure(kind="exception", chain=(raised,)), events=events))


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        ("KeyError", "'Variable bucket does not exist'"),
        ("KeyError", "\"Variable bucket does not exist; dagcheck does not know the variable 'bucket'\""),
        ("airflow.sdk.exceptions.AirflowRuntimeError", "VARIABLE_NOT_FOUND: {'message': 'bucket not found'}"),
    ],
)
def test_a_missing_variable_is_to_be_declared(type_: str, message: str) -> None:
    found = hint(type_, message)
    assert found.why == "Variable bucket is read while parsing and is not declared"
    assert "[tool.dagcheck.variables]" in found.fix
    assert "variables_files" in found.fix


@pytest.mark.parametrize(
    "message", ["The conn_id `db` isn't defined", "CONNECTION_NOT_FOUND: {'message': 'db not found'}"]
)
def test_a_missing_connection_is_to_be_declared(message: str) -> None:
    found = hint("airflow.exceptions.AirflowNotFoundException", message)
    assert found.why == "Connection db is read while parsing and is not declared"
    assert "[tool.dagcheck.connections]" in found.fix
    assert "connections_files" in found.fix


@pytest.mark.parametrize(
    ("text", "name"),
    [('BUCKET = os.environ["BUCKET"]', "BUCKET"), ("return os.environ[key]", "BUCKET"), ("environ['BUCKET']", None)],
)
def test_a_missing_environment_variable_is_to_be_declared(text: str, name: str | None) -> None:
    assert hint("KeyError", "'BUCKET'", text, name) == Hint(
        "the environment variable BUCKET is not set here",
        'give it a default in the file, or declare it under [tool.dagcheck.environment]: BUCKET = "..."',
    )


def test_none_instead_of_an_environment_variable_is_seen() -> None:
    found = hint("TypeError", "int() argument must be a string, not 'NoneType'", 'N = int(os.getenv("COUNT"))')
    assert found.why == "the environment variable COUNT is not set here"


def test_an_ordinary_key_error_is_not_about_the_environment() -> None:
    assert "environment" not in hint("KeyError", "'BUCKET'", 'config["BUCKET"]', "BUCKET").why


def test_an_absolute_path_is_to_be_built_from_the_dag_file() -> None:
    found = hint("FileNotFoundError", "[Errno 2] No such file", "", "/opt/airflow/dags/sql/orders.sql")
    assert found == Hint(
        "the path is absolute, and this machine does not have it",
        'build the path from the DAG file: Path(__file__).parent / "orders.sql"',
    )


def test_an_absolute_path_of_another_system_is_absolute() -> None:
    assert hint("FileNotFoundError", "", "", "C:\\dags\\orders.sql").fix.endswith(
        'Path(__file__).parent / "orders.sql"'
    )


def test_a_relative_path_is_relative_to_the_working_directory() -> None:
    found = hint("FileNotFoundError", "", "", "sql/orders.sql")
    assert found.why == "a relative path starts at the working directory, which is not the DAG file's folder"


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        ("requests.exceptions.ConnectionError", "HTTPSConnectionPool(host='x')"),
        ("socket.gaierror", "[Errno -2] Name or service not known"),
        ("dagcheck.sandbox.refusals.NetworkRefusedError", "[Errno 111] no"),
        ("psycopg2.OperationalError", 'connection to server at "db" failed: Connection refused'),
    ],
)
def test_a_network_that_is_not_there(type_: str, message: str) -> None:
    found = hint(type_, message)
    assert found.why == "the file needs the network to be parsed, so an outage takes its DAGs away"
    assert found.fix.startswith("move the call into a task")


def test_cloud_credentials_that_are_not_there() -> None:
    found = hint("google.auth.exceptions.DefaultCredentialsError", "Your default credentials were not found.")
    assert found.fix == "create the client inside the task that uses it"


def test_a_write_that_the_sandbox_refused() -> None:
    found = hint("dagcheck.sandbox.refusals.WriteRefusedError", "[Errno 13] no: '/data/x'")
    assert found.fix.startswith("write inside a task")


@pytest.mark.parametrize(
    ("kind", "words"),
    [("variable", "Variable x is read"), ("connection", "Connection x is read"), ("file", "the file writes")],
)
def test_an_exception_that_says_nothing_is_explained_by_what_was_refused_on_its_line(kind: str, words: str) -> None:
    event = Event(kind=kind, detail="x", file=FILE, line=3, refused=True)  # type: ignore[arg-type]
    assert hint("RuntimeError", "no settings", events=(event,)).why.startswith(words)


def test_what_was_refused_on_another_line_explains_nothing() -> None:
    event = Event(kind="variable", detail="x", file=FILE, line=9, refused=True)
    assert hint("RuntimeError", "no settings", events=(event,)).why == (
        "Airflow has none of the file's DAGs until it imports"
    )
