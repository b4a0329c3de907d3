from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.usercode import UserCode


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(UserCode(str(tmp_path), [str(tmp_path)]))


def test_an_event_is_recorded_at_the_innermost_line_of_the_user_s(tmp_path: Path, ledger: Ledger) -> None:
    file = tmp_path / "etl.py"
    file.touch()
    source = "def inner():\n    note('file', '/x')\n\ndef outer():\n    inner()\n"
    module: dict[str, Any] = {"note": ledger.note, "__file__": str(file)}
    exec(compile(source, str(file), "exec"), module)  # noqa: S102 - a DAG file
    exec(compile("outer()", "/usr/lib/library.py", "exec"), {"outer": module["outer"]})  # noqa: S102 - a library
    assert ledger.entries() == [(("file", "/x", "etl.py", 2, False), 1)]


@pytest.mark.parametrize(
    ("source", "by_import"),
    [
        ("import a_library", True),
        ("import a_library; a_library.work()", False),
        ("note('environment', 'TEAM')", False),
        ("note('environment', 'TEAM'); import a_library", False),
    ],
)
def test_what_a_library_does_as_it_is_imported_is_not_the_user_s_doing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    by_import: bool,  # noqa: FBT001
) -> None:
    dags, libraries = tmp_path / "dags", tmp_path / "libraries"
    dags.mkdir()
    libraries.mkdir()
    ledger = Ledger(UserCode(str(dags), [str(dags)]))
    text = "def work(): note('environment', 'TEAM')\nwork()"
    (libraries / "a_library.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(libraries)
    monkeypatch.setattr("builtins.note", ledger.note, raising=False)
    file = dags / "etl.py"
    file.touch()
    exec(compile(source, str(file), "exec"), {"__file__": str(file)})  # noqa: S102 - a DAG file
    sys.modules.pop("a_library", None)
    assert ledger.is_by_import("environment", "TEAM") is by_import
    ledger.clear()
    assert not ledger.is_by_import("environment", "TEAM")


def test_an_event_without_any_line_of_the_user_s_has_no_place(ledger: Ledger) -> None:
    ledger.note("file", "/x", refused=True)
    assert ledger.entries() == [(("file", "/x", None, None, True), 1)]


def test_the_same_event_at_the_same_place_is_counted(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.add("network", "db", "etl.py", 7)
    assert ledger.entries() == [(("network", "db", "etl.py", 7, False), 3)]


def test_events_that_differ_in_anything_are_kept_apart_oldest_first(ledger: Ledger) -> None:
    ledger.add("network", "db", "etl.py", 7)
    ledger.add("network", "db", "etl.py", 8)
    ledger.add("network", "db2", "etl.py", 7)
    ledger.add("network", "db", "etl.py", 7, refused=True)
    assert [(key[1], key[3], key[4]) for key, _ in ledger.entries()] == [
        ("db", 7, False),
        ("db", 8, False),
        ("db2", 7, False),
        ("db", 7, True),
    ]


def test_a_file_with_endless_events_does_not_fill_the_memory(ledger: Ledger) -> None:
    for number in range(Ledger.LIMIT + 50):
        ledger.add("file", f"/{number}", "etl.py", 1)
    assert len(ledger.entries()) == Ledger.LIMIT


def test_a_known_event_is_still_counted_beyond_the_limit(ledger: Ledger) -> None:
    for number in range(Ledger.LIMIT + 50):
        ledger.add("file", f"/{number}", "etl.py", 1)
    ledger.add("file", "/0", "etl.py", 1)
    assert ledger.entries()[0][1] == 2


def test_attempts_are_counted_by_destination(ledger: Ledger) -> None:
    assert [ledger.attempt(where) for where in ("a", "a", "b", "a")] == [1, 2, 1, 3]


def test_the_place_of_an_event_is_where_it_was_first_seen(ledger: Ledger) -> None:
    ledger.add("environment", "OTHER", "etl.py", 1)
    ledger.add("environment", "TEAM", "etl.py", 2)
    ledger.add("environment", "TEAM", "etl.py", 3)
    assert ledger.place_of("environment", "TEAM") == ("etl.py", 2)


def test_an_event_that_was_not_seen_is_where_the_last_one_of_its_kind_was(ledger: Ledger) -> None:
    ledger.add("thread", "started", "etl.py", 1)
    ledger.add("thread", "started", "etl.py", 2)
    ledger.add("file", "/x", "etl.py", 3)
    assert ledger.place_of("thread", "poller") == ("etl.py", 2)


def test_an_event_of_a_kind_that_was_not_seen_has_no_place(ledger: Ledger) -> None:
    ledger.add("environment", "TEAM", "etl.py", 2)
    assert ledger.place_of("file", "TEAM") == (None, None)


def test_the_next_file_starts_with_nothing(ledger: Ledger) -> None:
    ledger.add("file", "/x", "etl.py", 1)
    ledger.attempt("db")
    ledger.clear()
    assert (ledger.entries(), ledger.attempt("db")) == ([], 1)


def test_nobody_has_to_listen_to_notes(ledger: Ledger) -> None:
    ledger.on_note("os._exit(3)")
    assert ledger.entries() == []
