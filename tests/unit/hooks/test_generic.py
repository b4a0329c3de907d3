from __future__ import annotations

import asyncio
import contextlib
import functools
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest

from dagcheck.errors import UsageError
from dagcheck.hooks.answers import UnansweredCallError, UnusedAnswerError, constant
from dagcheck.hooks.generic import MockHook, mocked_hook


class BaseHook:
    """As Airflow's: not mocked."""

    def get_connection(self, conn_id: str) -> str:
        return f"real {conn_id}"


class SqlHook(BaseHook):
    def __init__(self, conn_id: str = "db") -> None:
        self.conn_id = conn_id

    def get_records(self, sql: str, parameters: Any = None) -> Any:
        raise ConnectionError("the real end", sql, parameters)

    def insert_rows(self, table: str, rows: Any, **options: Any) -> None:
        """Not for this one."""
        raise NotImplementedError

    async def fetch(self, sql: str) -> Any:
        raise ConnectionError("the real end", sql)

    @functools.cached_property
    def client(self) -> Any:
        raise ConnectionError("the real end")

    @staticmethod
    def quote(name: str) -> str:
        return f'"{name}"'


class OwnHook(SqlHook):
    def count(self, table: str) -> int:
        return int(self.get_records(f"count {self.quote(table)}")[0][0])


def caught(function: Callable[..., Any], *args: Any) -> None:
    """As careless code does."""
    with contextlib.suppress(Exception):
        function(*args)


def in_a_thread(function: Callable[[], Any]) -> None:
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


@pytest.fixture
def mock() -> Iterator[MockHook]:
    with mocked_hook(SqlHook) as mock:
        yield mock


def test_an_answer_is_given_to_whoever_has_the_class(mock: MockHook) -> None:
    mock.answer("get_records", [(1,)])
    assert SqlHook().get_records("select 1") == [(1,)]


def test_a_hook_object_made_before_is_mocked_too() -> None:
    hook = SqlHook()
    with mocked_hook(SqlHook) as mock:
        mock.answer("get_records", [])
        assert hook.get_records("select 1") == []


def test_a_method_of_a_subclass_runs_for_real_on_mocked_ones(mock: MockHook) -> None:
    mock.answer("get_records", [(7,)], sql='count "orders"')
    assert OwnHook().count("orders") == 7


def test_a_mocked_subclass_leaves_its_base_alone() -> None:
    with mocked_hook(OwnHook) as mock:
        mock.answer("count", 3).answer("get_records", [])
        assert (OwnHook().count("a"), OwnHook().get_records("b")) == (3, [])
        with pytest.raises(ConnectionError, match="the real end"):
            SqlHook().get_records("b")


@pytest.mark.parametrize("wanted", ["select 1", re.compile("SELECT", re.I), lambda sql: sql.endswith("1")])
def test_an_argument_matches_by_value_pattern_or_function(mock: MockHook, wanted: Any) -> None:
    mock.answer("get_records", "other").answer("get_records", "this", sql=wanted)
    assert (SqlHook().get_records(sql="select 1"), SqlHook().get_records("delete")) == ("this", "other")


def test_arguments_are_compared_by_name_however_they_were_passed(mock: MockHook) -> None:
    mock.answer("get_records", "found", parameters=(1,))
    assert SqlHook().get_records("a", (1,)) == SqlHook().get_records("a", parameters=(1,)) == "found"


def test_an_exception_is_raised_and_a_function_is_called(mock: MockHook) -> None:
    mock.answer("get_records", lambda sql, parameters=None: [sql, parameters]).answer(
        "get_records", TimeoutError, sql="x"
    )
    assert SqlHook().get_records("a", parameters=2) == ["a", 2]
    with pytest.raises(TimeoutError):
        SqlHook().get_records("x")


def test_a_constant_is_returned_whatever_it_is(mock: MockHook) -> None:
    mock.answer("get_records", constant(len))
    assert SqlHook().get_records("a") is len


def test_an_answer_for_some_times_gives_way_to_the_one_before(mock: MockHook) -> None:
    mock.answer("get_records", "then").answer("get_records", ConnectionResetError, times=1)
    with pytest.raises(ConnectionResetError):
        SqlHook().get_records("a")
    assert SqlHook().get_records("a") == "then"


def test_an_asynchronous_method_is_awaited(mock: MockHook) -> None:
    mock.answer("fetch", [1])
    assert asyncio.run(SqlHook().fetch("a")) == [1]


def test_a_property_answers_too(mock: MockHook) -> None:
    mock.answer("client", "a client")
    assert SqlHook().client == "a client"


def test_a_property_that_the_code_sets_keeps_what_was_set(mock: MockHook) -> None:
    hook = SqlHook()
    hook.client = "set"
    assert hook.client == "set"
    mock.answer("client", "another object's")
    assert SqlHook().client == "another object's"


def test_static_methods_and_those_of_airflows_base_are_the_real_ones(mock: MockHook) -> None:
    assert (SqlHook.quote("a"), SqlHook().get_connection("db")) == ('"a"', "real db")
    assert mock.calls == []


def test_a_wrong_call_is_the_type_error_that_it_is_in_production(mock: MockHook) -> None:
    mock.answer("get_records", [])
    with pytest.raises(TypeError, match=r"SqlHook.get_records\(\) got an unexpected keyword argument 'parameter'"):
        SqlHook().get_records("a", parameter=1)  # type: ignore[call-arg]


def test_a_method_that_never_works_stays_as_it_is_and_has_no_answer(mock: MockHook) -> None:
    with pytest.raises(NotImplementedError):
        SqlHook().insert_rows("t", [])
    with pytest.raises(UsageError, match=r"SqlHook.insert_rows raises NotImplementedError in the installed provider"):
        mock.answer("insert_rows", None)


def test_a_misspelt_method_is_refused_with_the_nearest(mock: MockHook) -> None:
    with pytest.raises(UsageError, match="unknown method of SqlHook 'get_record'; did you mean 'get_records'"):
        mock.answer("get_record", [])


def test_a_misspelt_argument_is_refused_with_the_nearest(mock: MockHook) -> None:
    with pytest.raises(
        UsageError, match=r"unknown argument of SqlHook.get_records 'params'; did you mean 'parameters'"
    ):
        mock.answer("get_records", [], params=1)


def test_a_call_without_an_answer_says_what_was_called_and_what_is_there() -> None:
    def test(mock: MockHook) -> None:
        mock.answer("get_records", [], sql="select 2")
        SqlHook().get_records("select 1")

    with pytest.raises(UnansweredCallError) as raised, mocked_hook(SqlHook) as mock:
        test(mock)
    assert str(raised.value) == (
        "SqlHook: no answer to get_records(sql='select 1'); its answers are answer('get_records', [], sql='select 2')\n"
        "the test can give one with mock.answer('get_records', ...)\n"
        f"it was called at tests/unit/hooks/test_generic.py:{test.__code__.co_firstlineno + 2}"
    )


def test_a_call_without_an_answer_fails_the_test_also_if_the_code_caught_it() -> None:
    with pytest.raises(UnansweredCallError), mocked_hook(SqlHook):
        caught(SqlHook().get_records, "a")


def test_the_error_of_the_test_itself_is_not_hidden_by_a_call_without_an_answer() -> None:
    def test() -> None:
        caught(SqlHook().get_records, "a")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), mocked_hook(SqlHook):
        test()


def test_an_answer_that_nothing_asked_for_is_an_error_where_that_is_wanted() -> None:
    message = r"nothing asked for answer\('get_records', 'unused'\)"
    with pytest.raises(UnusedAnswerError, match=message), mocked_hook(SqlHook, strict_answers=True) as mock:
        mock.answer("get_records", "unused")


def test_the_calls_can_be_looked_at(mock: MockHook) -> None:
    mock.answer("get_records", [])
    SqlHook().get_records("a", parameters=1)
    SqlHook().get_records("b")
    assert [str(call) for call in mock.calls] == ["get_records(sql='a', parameters=1)", "get_records(sql='b')"]
    assert mock.assert_called("get_records", sql="b").arguments == {"sql": "b"}
    with pytest.raises(AssertionError, match=r"SqlHook.get_records\(sql='c'\) was called 0 times; the calls were"):
        mock.assert_called("get_records", sql="c")
    with pytest.raises(AssertionError, match=r"get_records\(sql='a', parameters=1\) was called"):
        mock.assert_not_called("get_records")
    mock.assert_not_called("fetch")


def test_a_method_can_be_let_through(mock: MockHook) -> None:
    mock.pass_through("get_records", "client")
    with pytest.raises(ConnectionError, match="the real end"):
        SqlHook().get_records("a")
    with pytest.raises(ConnectionError, match="the real end"):
        SqlHook().client  # noqa: B018 -- reading it is the test


def test_nothing_is_left_behind() -> None:
    before, own_before = dict(vars(SqlHook)), dict(vars(OwnHook))
    with pytest.raises(ZeroDivisionError), mocked_hook(OwnHook), mocked_hook(SqlHook):
        raise ZeroDivisionError
    assert (dict(vars(SqlHook)), dict(vars(OwnHook))) == (before, own_before)


def test_an_unanswered_call_of_a_thread_is_told_too() -> None:
    with pytest.raises(UnansweredCallError), mocked_hook(SqlHook):
        in_a_thread(lambda: caught(SqlHook().get_records, "a"))


def test_a_method_that_somebody_else_patched_stays_his(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SqlHook, "get_records", mock_of_somebody := Mock(return_value=["his"]))
    with mocked_hook(SqlHook) as mock:
        assert SqlHook().get_records("select 1") == ["his"]
        with pytest.raises(UsageError, match=r"SqlHook.get_records is not mocked: .*patched by somebody else"):
            mock.answer("get_records", [])
    assert SqlHook.get_records is mock_of_somebody
