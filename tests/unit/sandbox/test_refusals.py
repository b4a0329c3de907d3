from __future__ import annotations

from collections.abc import Callable

import pytest

from dagcheck.sandbox.refusals import (
    GiveUpError,
    NetworkRefusedError,
    ProcessRefusedError,
    WriteRefusedError,
    is_refusal,
)


def caught(function: Callable[[], object]) -> BaseException:
    try:
        function()
    except BaseException as error:  # noqa: BLE001 - GiveUpError is no Exception
        return error
    raise AssertionError("nothing was raised")


def raise_from_refusal() -> None:
    try:
        raise NetworkRefusedError(111, "refused")
    except OSError as error:
        raise RuntimeError("no database") from error


def raise_while_handling() -> None:
    try:
        raise_from_refusal()
    except RuntimeError:
        raise KeyError("fallback")  # noqa: B904 - the context is the point


def raise_hiding_it() -> None:
    try:
        raise_from_refusal()
    except RuntimeError:
        raise KeyError("fallback") from None


@pytest.mark.parametrize("kind", [NetworkRefusedError, ProcessRefusedError, WriteRefusedError, GiveUpError])
def test_the_sandbox_s_own_errors_are_refusals(kind: type[BaseException]) -> None:
    assert is_refusal(kind(1, "refused"))


@pytest.mark.parametrize("function", [raise_from_refusal, raise_while_handling, raise_hiding_it])
def test_an_error_that_comes_of_a_refusal_is_one(function: Callable[[], object]) -> None:
    assert is_refusal(caught(function))


@pytest.mark.parametrize("error", [None, ConnectionRefusedError(111, "x"), PermissionError(1, "x"), SystemExit(1)])
def test_the_machine_s_own_errors_are_not(error: BaseException | None) -> None:
    assert not is_refusal(error)


def test_a_circle_of_causes_comes_to_an_end() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert not is_refusal(first)


@pytest.mark.parametrize(
    ("kind", "usual"),
    [
        (NetworkRefusedError, ConnectionRefusedError),
        (ProcessRefusedError, PermissionError),
        (WriteRefusedError, PermissionError),
    ],
)
def test_code_that_is_prepared_for_the_machine_s_error_is_for_ours(kind: type[OSError], usual: type[OSError]) -> None:
    assert issubclass(kind, usual)


def test_a_retry_loop_does_not_catch_that_it_was_given_up() -> None:
    assert not issubclass(GiveUpError, Exception)
