from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.findings import Finding, Level, printable, printable_line

ANY_TEXT = st.text(st.characters(), max_size=40)  # also lone surrogates


def finding(**changes: object) -> Finding:
    values = {"check": "import-error", "file": "dags/etl.py", "what": "KeyError: 'x'", **changes}
    return Finding(**values)  # type: ignore[arg-type]


def test_a_headline_names_file_line_subject_what_and_check() -> None:
    told = finding(line=7, dag_id="etl", task_id="load").headline
    assert told == "dags/etl.py:7: etl.load: KeyError: 'x' [import-error]"


def test_a_headline_without_line_and_dag_has_no_gaps() -> None:
    assert finding().headline == "dags/etl.py: KeyError: 'x' [import-error]"


def test_a_headline_can_be_printed_whatever_a_dag_is_called() -> None:
    told = finding(file="dags/\udcff.py", dag_id="\x1b[2J", task_id="a\nb").headline
    assert told == "dags/\\udcff.py: \\x1b[2J.a\\nb: KeyError: 'x' [import-error]"


@pytest.mark.parametrize(
    ("dag_id", "task_id", "subject"), [(None, None, ""), ("etl", None, "etl"), ("etl", "group.load", "etl.group.load")]
)
def test_a_subject_is_the_dag_or_its_task(dag_id: str | None, task_id: str | None, subject: str) -> None:
    assert finding(dag_id=dag_id, task_id=task_id).subject == subject


def test_lines_are_headline_why_proof_and_fix_the_rest_indented() -> None:
    told = finding(why="no DAG runs", fix="set x", proof=("dags/etl.py:7 in load", "dags/etl.py:3 in get")).lines()
    assert told == [
        "dags/etl.py: KeyError: 'x' [import-error]",
        "    no DAG runs",
        "    dags/etl.py:7 in load",
        "    dags/etl.py:3 in get",
        "    fix: set x",
    ]


def test_a_finding_with_nothing_more_to_say_is_its_headline() -> None:
    assert finding().lines() == [finding().headline]


def test_findings_are_sorted_by_file_then_dag_then_line() -> None:
    in_order = [
        finding(file="a.py", line=9),
        finding(file="a.py", dag_id="etl"),
        finding(file="a.py", dag_id="etl", line=2),
        finding(file="a.py", dag_id="etl", line=10),
        finding(file="a.py", dag_id="other", line=1),
        finding(file="b.py"),
    ]
    backwards = in_order[::-1]
    assert sorted(backwards, key=lambda found: found.sort_key) == in_order


def test_findings_on_one_line_are_sorted_by_check_and_words() -> None:
    in_order = [finding(check="a", what="z"), finding(check="b", what="a"), finding(check="b", what="b")]
    backwards = in_order[::-1]
    assert sorted(backwards, key=lambda found: found.sort_key) == in_order


def test_a_level_is_read_by_its_word() -> None:
    assert [Level(word) for word in ("error", "warning", "off")] == [Level.ERROR, Level.WARNING, Level.OFF]


@given(ANY_TEXT)
def test_printable_text_holds_nothing_but_printable_characters_and_newlines(text: str) -> None:
    assert all(c.isprintable() or c == "\n" for c in printable(text))


@given(ANY_TEXT)
def test_a_printable_line_is_printable_text_on_one_line(text: str) -> None:
    assert printable_line(text).isprintable()
    assert printable_line(text) == "\\n".join(map(printable, text.split("\n")))


@given(ANY_TEXT)
def test_printable_text_can_be_encoded(text: str) -> None:
    assert printable(text).encode().decode() == printable(text)


@given(ANY_TEXT)
def test_making_text_printable_twice_changes_nothing_more(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@pytest.mark.parametrize("text", ["", "plain", "Grüße, 東京", "two\nlines", "C:\\dags"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb", "a\\rb"),
        ("a\tb", "a\\tb"),
        ("\udc80", "\\udc80"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("nul\0", "nul\\x00"),
    ],
)
def test_what_a_terminal_would_obey_becomes_a_visible_escape(text: str, shown: str) -> None:
    assert printable(text) == shown
