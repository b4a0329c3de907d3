"""Ctrl-C ends a run at once, whatever a DAG file is doing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

HANG = """\
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
open("hanging", "w").close()
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.configure('allow_writes = ["hanging"]\ntimeout = 100.0')
    repository.dag("dags/etl.py", "etl_daily")
    repository.dag_code("dags/hangs.py", HANG)
    return repository


@pytest.fixture(scope="module")
def interrupted(shop: Repository) -> tuple[Run, float]:
    hanging = shop.root / "hanging"
    return shop.interrupt(when=lambda: hanging.exists() and len(shop.processes()) > 1)


def test_it_ends_within_three_seconds(interrupted: tuple[Run, float]) -> None:
    assert interrupted[1] < 3


def test_it_is_an_interruption(interrupted: tuple[Run, float]) -> None:
    assert interrupted[0].status == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in interrupted[0].output


def test_it_is_no_internal_error(interrupted: tuple[Run, float]) -> None:
    assert "INTERNALERROR" not in interrupted[0].output + interrupted[0].errors
    assert interrupted[0].errors == ""


def test_no_process_is_left(shop: Repository, interrupted: tuple[Run, float]) -> None:
    assert interrupted[0].status == pytest.ExitCode.INTERRUPTED
    assert shop.processes() == []


def test_no_temporary_folder_is_left(shop: Repository, interrupted: tuple[Run, float]) -> None:
    assert interrupted[0].status == pytest.ExitCode.INTERRUPTED
    assert shop.left_behind() == []
