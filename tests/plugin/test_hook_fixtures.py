"""What the fixtures of mocked hooks tell when a test is over, what the network guard lets through, what is left."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

SHOP = """
    class ShopHook:
        def order(self, number):
            raise ConnectionError("the real shop")

        def cancel(self, number):
            raise ConnectionError("the real shop")
"""
TESTS = """
    import socket

    from shop import ShopHook


    def survive(number):
        try:
            ShopHook().order(number)  # here
        except Exception:
            pass


    def test_answered(mock_hook):
        mock_hook(ShopHook).answer("order", "sent", number=1)
        assert mock_hook(ShopHook) is mock_hook(ShopHook)
        assert ShopHook().order(1) == "sent"


    def test_survived(mock_hook):
        mock_hook(ShopHook).answer("order", "sent", number=1)
        survive(2)


    def test_not_survived(mock_hook):
        mock_hook(ShopHook)
        ShopHook().order(3)


    def test_unused(mock_hook):
        mock_hook(ShopHook).answer("order", "never asked for")


    def test_unused_on_every_mock(mock_s3):
        mock_s3.answer("GetObject", {})


    def test_statement_survived(mock_postgres):
        mock_postgres.answer("SELECT 1", [(1,)])
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        try:
            PostgresHook().run("SELECT 2")
        except Exception:
            pass


    def test_mocker_before(mocker, mock_hook):
        mocker.patch.object(ShopHook, "order", return_value="mocker's")
        mock_hook(ShopHook).answer("cancel", "ours")
        assert (ShopHook().order(1), ShopHook().cancel(1)) == ("mocker's", "ours")


    def test_mocker_after(mock_hook, mocker):
        mock_hook(ShopHook).answer("order", "ours")
        mocker.patch("shop.ShopHook.order", return_value="mocker's")
        assert ShopHook().order(1) == "mocker's"
        mocker.stopall()
        assert ShopHook().order(1) == "ours"


    def test_nothing_of_either_is_left():
        assert ShopHook.order.__qualname__ == "ShopHook.order"
        assert ShopHook.order.__code__.co_filename.endswith("shop.py")
        assert socket.socket.connect is socket.socket.__mro__[1].connect
"""
NETWORK = """
    import contextlib
    import socket
    import urllib.request

    import pytest


    def call():
        urllib.request.urlopen("http://shop.example.com/orders")  # away


    def test_with_a_fixture_of_ours(airflow_variables):
        call()


    def test_without(tmp_path):
        with pytest.raises(OSError):
            urllib.request.urlopen("http://127.0.0.1:9/")
        assert socket.socket.connect is socket.socket.__mro__[1].connect


    def test_a_listed_host(airflow_variables):
        with contextlib.suppress(OSError):
            socket.gethostbyname("listed.invalid")


    def test_by_name(no_network):
        call()


    def test_survived(no_network):
        try:
            call()
        except BaseException:
            pass
"""


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.write("shop.py", SHOP)
    repository.write("test_shop.py", TESTS)
    return repository


@pytest.fixture(scope="module")
def strict(shop: Repository) -> Run:
    return shop.pytest("--dagcheck-strict-answers", "--dagcheck-backend", "fake")


@pytest.fixture(scope="module")
def lenient(shop: Repository) -> Run:
    return shop.pytest("--dagcheck-backend", "fake")


@pytest.fixture(scope="module")
def guarded(new_repository: Callable[[], Repository]) -> Run:
    repository = new_repository()
    repository.configure('test_network = ["*.invalid"]')
    repository.dag("dags/etl.py", "etl_daily")
    repository.write("test_network.py", NETWORK)
    return repository.check("test_network.py", "dags")


def test_answered_calls_pass(lenient: Run) -> None:
    assert lenient.outcomes["test_shop.py::test_answered"] == "PASSED"


def test_a_call_without_an_answer_that_the_code_survives_fails_the_test_with_its_line(lenient: Run) -> None:
    assert lenient.outcomes["test_shop.py::test_survived"] == "ERROR"
    assert "ShopHook: no answer to order(number=2); its answers are answer('order', 'sent', number=1)" in lenient.output
    assert "it was called at test_shop.py:9" in lenient.output


def test_one_that_it_does_not_survive_is_told_once(lenient: Run) -> None:
    assert lenient.outcomes["test_shop.py::test_not_survived"] == "FAILED"
    assert "ERROR test_shop.py::test_not_survived" not in lenient.output


def test_a_statement_without_an_answer_is_told_with_the_answers_that_there_are(lenient: Run) -> None:
    assert lenient.outcomes["test_shop.py::test_statement_survived"] == "ERROR"
    assert "PostgresHook: no answer to this statement:" in lenient.output
    assert "the nearest answer is for:" in lenient.output
    assert "the test can give one with mock_postgres.answer(sql, rows)" in lenient.output


@pytest.mark.parametrize("test", ["test_unused", "test_unused_on_every_mock"])
def test_an_answer_that_nothing_asks_for_is_an_error_where_answers_are_strict(
    strict: Run, lenient: Run, test: str
) -> None:
    assert (lenient.outcomes[f"test_shop.py::{test}"], strict.outcomes[f"test_shop.py::{test}"]) == ("PASSED", "ERROR")
    assert "ShopHook: nothing asked for answer('order', 'never asked for')" in strict.output


@pytest.mark.parametrize("test", ["test_mocker_before", "test_mocker_after", "test_nothing_of_either_is_left"])
def test_mocker_and_ours_do_not_disturb_each_other(lenient: Run, test: str) -> None:
    assert lenient.outcomes[f"test_shop.py::{test}"] == "PASSED"


def test_with_dagcheck_a_test_with_a_fixture_of_ours_reaches_no_network(guarded: Run) -> None:
    assert guarded.outcomes["test_network.py::test_with_a_fixture_of_ours"] == "FAILED"
    assert "shop.example.com:80: a test must not use the network (test_network.py:10)" in guarded.output


@pytest.mark.parametrize("test", ["test_without", "test_a_listed_host"])
def test_other_tests_and_listed_hosts_are_left_alone(guarded: Run, test: str) -> None:
    assert guarded.outcomes[f"test_network.py::{test}"] == "PASSED"


def test_the_guard_is_a_fixture_too_and_tells_what_the_code_survived(guarded: Run) -> None:
    assert guarded.outcomes["test_network.py::test_by_name"] == "FAILED"
    assert "ERROR test_network.py::test_by_name" not in guarded.output
    assert guarded.outcomes["test_network.py::test_survived"] in {"FAILED", "ERROR"}


LEAVING = """
    import os
    import pathlib
    import time

    import pytest


    def test_all_of_them(mock_postgres, mock_s3, mock_bigquery, airflow_variables, airflow_xcoms, no_network):
        mock_postgres.execute("CREATE TABLE orders (id int)")
        mock_s3.seed("shop", {"a": "b"})
        where = f"{mock_postgres.address.port} {os.environ['AWS_ENDPOINT_URL'].rpartition(':')[2]}"
        pathlib.Path("ports.txt").write_text(where)


    def test_a_long_one(mock_postgres, mock_s3, no_network):
        if os.environ.get("WAIT"):
            pathlib.Path("waiting").touch()
            time.sleep(100)
"""
CONFTEST = """
    import os
    import socket

    BEFORE = dict(os.environ)


    def pytest_unconfigure():
        import airflow.models.connection

        changed = {name for name in {*BEFORE, *os.environ} if BEFORE.get(name) != os.environ.get(name)}
        print("changed:", sorted(changed - {"PYTEST_CURRENT_TEST"}))
        print("patched:", socket.socket.connect is not socket.socket.__mro__[1].connect)
"""


@pytest.fixture(scope="module")
def leaving(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.write("pyproject.toml", "[tool.pytest.ini_options]\ndagcheck_hermetic = true\n")
    repository.write("conftest.py", CONFTEST)
    repository.dag("dags/etl.py", "etl_daily")
    repository.write("test_all.py", LEAVING)
    return repository


def _listens(port: str) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(port))) == 0


def _is_clean(repository: Repository) -> None:
    ports = (repository.root / "ports.txt").read_text().split()
    assert [port for port in ports if _listens(port)] == []
    assert repository.processes() == []
    assert repository.left_behind() == []


def test_after_a_run_no_process_port_folder_variable_or_patch_is_left(leaving: Repository) -> None:
    run = leaving.pytest("-s")
    assert set(run.outcomes.values()) == {"PASSED"}, run.output
    assert "patched: False" in run.output
    assert [line for line in run.output.splitlines() if line.startswith("changed:")] == ["changed: []"]
    _is_clean(leaving)


def test_after_ctrl_c_neither(leaving: Repository) -> None:
    waiting = leaving.root / "waiting"
    run, seconds = leaving.interrupt("test_all.py", when=waiting.exists, environ={"WAIT": "1"})
    assert run.status == pytest.ExitCode.INTERRUPTED, run.output
    assert seconds < 90  # it slept, and was not waited for
    _is_clean(leaving)
