from __future__ import annotations

import io
import re

import pytest

from dagcheck.hooks.answers import UnansweredCallError
from dagcheck.hooks.postgres.recording import Recorder, RecordingConnection, Result


@pytest.fixture
def recorder() -> Recorder:
    return Recorder("PostgresHook")


@pytest.fixture
def connection(recorder: Recorder) -> RecordingConnection:
    return RecordingConnection(recorder)


def test_rows_given_as_mappings_have_their_column_names(recorder: Recorder, connection: RecordingConnection) -> None:
    recorder.answer("select a, b from t", [{"a": 1, "b": 2}, {"a": 3, "b": 4}], None)
    cursor = connection.cursor().execute("SELECT a, b FROM t")
    assert [column[0] for column in cursor.description or ()] == ["a", "b"]
    assert (cursor.rowcount, cursor.fetchone(), cursor.fetchall(), cursor.fetchone()) == (2, (1, 2), [(3, 4)], None)


def test_rows_can_be_fetched_in_parts(recorder: Recorder, connection: RecordingConnection) -> None:
    recorder.answer("select a", [[1], [2], [3]], None)
    cursor = connection.cursor().execute("select a")
    assert (cursor.fetchmany(2), cursor.fetchmany(2), cursor.fetchmany(2)) == ([(1,), (2,)], [(3,)], [])


def test_a_statement_without_rows_describes_nothing(recorder: Recorder, connection: RecordingConnection) -> None:
    recorder.answer(re.compile("update", re.I), Result(changed=3), None)
    cursor = connection.cursor().execute("UPDATE t SET a = 1")
    assert (cursor.description, cursor.rowcount) == (None, 3)


def test_columns_can_be_named_where_nothing_is_found(recorder: Recorder, connection: RecordingConnection) -> None:
    recorder.answer("select a", Result(columns=("a",)), None)
    assert [column[0] for column in connection.cursor().execute("select a").description or ()] == ["a"]


def test_an_answer_may_depend_on_the_parameters(recorder: Recorder, connection: RecordingConnection) -> None:
    recorder.answer(re.compile("select"), lambda _sql, parameters: [parameters], None)
    assert connection.cursor().execute("select %s, %s", (1, 2)).fetchall() == [(1, 2)]


def test_an_exception_is_raised_as_the_server_would(recorder: Recorder, connection: RecordingConnection) -> None:
    recorder.answer("select 1", ConnectionResetError("gone"), None)
    with pytest.raises(ConnectionResetError, match="gone"):
        connection.cursor().execute("select 1")


def test_a_statement_without_an_answer_is_shown(connection: RecordingConnection) -> None:
    with pytest.raises(UnansweredCallError, match=r"statement:\n  select secret\nits parameters: \[1\]"):
        connection.cursor().execute("select secret", [1])


@pytest.mark.parametrize("sql", ["BEGIN", "set search_path to x", "SAVEPOINT a", "rollback to a"])
def test_what_a_session_says_of_itself_needs_no_answer(
    recorder: Recorder, connection: RecordingConnection, sql: str
) -> None:
    connection.cursor().execute(sql)
    assert [call.arguments["sql"] for call in recorder.book.calls] == [sql]


def test_many_sets_of_parameters_are_many_statements(recorder: Recorder, connection: RecordingConnection) -> None:
    recorder.answer(re.compile("insert"), Result(changed=1), None)
    cursor = connection.cursor()
    cursor.executemany("insert into t values (%s)", [(1,), (2,)])
    assert cursor.rowcount == 2
    assert [call.arguments["parameters"] for call in recorder.book.calls] == [(1,), (2,)]


def test_a_transaction_ends_as_both_psycopg_end_it(recorder: Recorder, connection: RecordingConnection) -> None:
    with connection:
        pass
    with pytest.raises(ZeroDivisionError), connection:
        raise ZeroDivisionError
    assert recorder.transactions == ["commit", "rollback"]


def test_copy_in_sends_the_files_text_and_copy_out_writes_rows(
    recorder: Recorder, connection: RecordingConnection
) -> None:
    recorder.answer(re.compile("from stdin"), (), None)
    recorder.answer(re.compile("to stdout"), [(1, "a"), (2, "b")], None)
    out = io.StringIO()
    connection.cursor().copy_expert("copy t from stdin", io.StringIO("1\ta\n"))
    connection.cursor().copy_expert("copy t to stdout", out)
    assert recorder.book.calls[0].arguments["parameters"] == "1\ta\n"
    assert out.getvalue() == "1\ta\n2\tb\n"


def test_a_composed_statement_is_noted_as_text(recorder: Recorder, connection: RecordingConnection) -> None:
    class Composed:
        def as_string(self, _: object) -> str:
            return "select 1"

    recorder.answer("select 1", [(1,)], None)
    assert connection.cursor().execute(Composed()).fetchall() == [(1,)]
    assert connection.cursor().execute(b"select 1").fetchall() == [(1,)]
