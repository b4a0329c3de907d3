from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dagcheck.probe.events import events
from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.surroundings import Trace
from dagcheck.sandbox.usercode import UserCode

Notes = Callable[[str, str], None]


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    (tmp_path / "dags").mkdir()
    return tmp_path / "dags"


@pytest.fixture
def ledger(dags: Path) -> Ledger:
    return Ledger(UserCode(str(dags), [str(dags)]))


@pytest.fixture
def own(dags: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Notes:
    """The file does it itself."""
    monkeypatch.setattr("builtins.note", ledger.note, raising=False)
    file = dags / "etl.py"
    file.touch()

    def run(kind: str, detail: str, source: str = "note({kind!r}, {detail!r})") -> None:
        code = compile(source.format(kind=kind, detail=detail), str(file), "exec")
        exec(code, {"__file__": str(file)})  # noqa: S102 - a DAG file

    return run


@pytest.fixture
def imported(own: Notes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notes]:
    """A library does it while the file imports it."""
    monkeypatch.syspath_prepend(tmp_path)

    def run(kind: str, detail: str) -> None:
        (tmp_path / "a_library.py").write_text(f"note({kind!r}, {detail!r})", encoding="utf-8")
        own(kind, detail, "import a_library")  # type: ignore[call-arg]

    yield run
    sys.modules.pop("a_library", None)


def _kinds(ledger: Ledger, *traces: Trace) -> list[tuple[str, str]]:
    return [(event.kind, event.detail) for event in events(ledger, list(traces), "etl.py", "/no/etl.py")]


@pytest.mark.parametrize(
    ("kind", "detail"), [("process", "uname -p"), ("process", "/sbin/ldconfig -p"), ("file", "/var/cache/fonts")]
)
def test_what_a_library_does_for_itself_as_it_is_imported_is_not_the_files_doing(
    ledger: Ledger, own: Notes, imported: Notes, kind: str, detail: str
) -> None:
    imported(kind, detail)
    assert _kinds(ledger) == []
    own(kind, detail)
    assert _kinds(ledger) == [(kind, detail)]


@pytest.mark.parametrize(
    ("kind", "detail"), [("network", "telemetry.example:443"), ("process", "git rev-parse HEAD"), ("process", "")]
)
def test_what_a_library_must_not_do_as_it_is_imported_is_told(
    ledger: Ledger, imported: Notes, kind: str, detail: str
) -> None:
    imported(kind, detail)
    assert _kinds(ledger) == [(kind, detail)]


def test_a_variable_that_a_library_sets_as_it_is_imported_is_not_told(ledger: Ledger, imported: Notes) -> None:
    imported("environment", "ARROW_DEFAULT_MEMORY_POOL")
    assert _kinds(ledger, Trace("environment", "ARROW_DEFAULT_MEMORY_POOL"), Trace("environment", "TEAM")) == [
        ("environment", "TEAM")
    ]


def test_a_change_of_the_environment_that_does_not_outlast_the_file_is_not_told(ledger: Ledger, own: Notes) -> None:
    own("environment", "TEAM")
    assert _kinds(ledger) == []
