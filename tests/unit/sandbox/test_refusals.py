from __future__ import annotations

import pytest

from dagcheck.sandbox.refusals import (
    GiveUpError,
    NetworkRefusedError,
    ProcessRefusedError,
    RefusedError,
    WriteRefusedError,
)


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


@pytest.mark.parametrize("kind", [NetworkRefusedError, ProcessRefusedError, WriteRefusedError])
def test_a_refusal_can_be_told_from_the_machine_s_own_error(kind: type[OSError]) -> None:
    assert issubclass(kind, RefusedError)


def test_a_retry_loop_does_not_catch_that_it_was_given_up() -> None:
    assert not issubclass(GiveUpError, Exception)
