from __future__ import annotations

import sys

import pytest

from dagcheck.checks.hints import Hint, hint_for
from dagcheck.record import Failure, FileRecord, Frame, Raised

RUNNING = f"{sys.version_info[0]}.{sys.version_info[1]}"


def hint(text: str, message: str = "invalid syntax", type_: str = "SyntaxError") -> Hint:
    frames = (Frame(file="dags/etl.py", line=3, function="<module>", text=text),)
    raised = Raised(type=type_, message=message, frames=frames)
    return hint_for(FileRecord(file="dags/etl.py", failure=Failure(kind="exception", chain=(raised,))))


@pytest.mark.parametrize(
    ("text", "version", "what"),
    [
        ("match command:", (3, 10), "the match statement"),
        ("except* ValueError:", (3, 11), "except*"),
        ("type Rows = list[dict[str, int]]", (3, 12), "the type statement"),
        ("def first[T](rows: list[T]) -> T:", (3, 12), "type parameters"),
        ("class Stack[T]:", (3, 12), "type parameters"),
        ('name = f"{row["name"]}"', (3, 12), "such quotes inside an f-string"),
        ("except ValueError, KeyError:", (3, 14), "except without parentheses"),
        ('query = t"select {x}"', (3, 14), "the t-string"),
    ],
)
@pytest.mark.parametrize("running", [(3, 9), (3, 10), (3, 11), (3, 12), (3, 13), (3, 14)])
def test_syntax_of_a_newer_python_is_named(
    monkeypatch: pytest.MonkeyPatch, running: tuple[int, int], text: str, version: tuple[int, int], what: str
) -> None:
    monkeypatch.setattr(sys, "version_info", (*running, 0))
    number = ".".join(map(str, version))
    this = ".".join(map(str, running))
    found = hint(text)
    if version > running:
        assert found == Hint(
            f"{what} came with Python {number}, and this is Python {this}",
            f"check with the Python that your Airflow runs on, {number} or newer, or write it the older way",
        )
    else:
        assert found.why == f"Python {this} cannot read the file"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('print "hello"', "Missing parentheses in call to 'print'. Did you mean print(...)?"),
        ("raise ValueError, 'no'", "invalid syntax"),
        ("if a <> b:", "invalid syntax"),
    ],
)
def test_python_2_is_told(text: str, message: str) -> None:
    assert hint(text, message) == Hint(
        f"this is Python 2, and Airflow runs on Python {RUNNING}", "translate the file to Python 3"
    )


@pytest.mark.parametrize("type_", ["SyntaxError", "IndentationError", "TabError"])
def test_any_other_syntax_error_is_just_that(type_: str) -> None:
    assert hint("def x(:", type_=type_) == Hint(
        f"Python {RUNNING} cannot read the file", "correct the syntax of this line or the one before"
    )


def test_a_file_that_is_no_text_is_told() -> None:
    raised = Raised(type="UnicodeDecodeError", message="'utf-8' codec can't decode byte 0xff")
    found = hint_for(FileRecord(file="x.py", failure=Failure(kind="exception", chain=(raised,))))
    assert found.why == "the file is not UTF-8 text"
