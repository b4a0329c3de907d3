from __future__ import annotations

import importlib.util
import py_compile
import sys
import time
from importlib.machinery import SourceFileLoader
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from dagcheck.probe.parse_clock import STEPS, ParseClock
from dagcheck.sandbox import policy

if TYPE_CHECKING:
    from pathlib import Path

LARGE = "def never_called():\n" + "    x = [1, 2, {'a': (3, 4)}]\n" * 2_000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ParseClock:
    """A clock to which tmp_path/site is where packages are installed."""
    for name in STEPS:
        monkeypatch.setattr(SourceFileLoader, name, getattr(SourceFileLoader, name))  # to be put back
    monkeypatch.setattr(policy, "INSTALLED", (str(tmp_path / "site"),))
    (tmp_path / "site").mkdir()
    clock = ParseClock()
    clock.install()
    return clock


def load(file: Path) -> float:
    """Import a file; return the seconds that this took."""
    started = perf_counter()
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return perf_counter() - started


def written(file: Path, text: str = LARGE) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


def test_it_stands_still_while_an_installed_package_is_compiled(clock: ParseClock, tmp_path: Path) -> None:
    seconds = load(written(tmp_path / "site" / "large.py"))
    assert 0 < clock.stood_still < seconds
    now = clock()
    assert perf_counter() - now >= clock.stood_still


def test_it_stands_still_while_bytecode_is_written(
    clock: ParseClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(SourceFileLoader, "set_data", lambda *_, **__: time.sleep(0.2))
    load(written(tmp_path / "site" / "large.py"))
    assert clock.stood_still > 0.2


def test_it_goes_on_while_a_module_of_the_user_is_compiled(clock: ParseClock, tmp_path: Path) -> None:
    load(written(tmp_path / "large.py"))
    assert clock.stood_still == 0


def test_it_goes_on_while_bytecode_is_read(clock: ParseClock, tmp_path: Path) -> None:
    file = written(tmp_path / "site" / "large.py")
    py_compile.compile(str(file))  # by the loader that is watched
    before = clock.stood_still
    load(file)
    assert clock.stood_still == before


def test_an_installed_package_that_can_not_be_compiled_fails_as_ever(clock: ParseClock, tmp_path: Path) -> None:
    with pytest.raises(SyntaxError):
        load(written(tmp_path / "site" / "broken.py", f"{LARGE}def"))
    assert clock.stood_still > 0
