from __future__ import annotations

import builtins
import errno
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dagcheck.probe.describe import describe, text_of
from dagcheck.record import Failure, FileRecord, decode, encode
from dagcheck.sandbox.refusals import GiveUpError, NetworkRefusedError
from dagcheck.sandbox.usercode import UserCode

Fail = Callable[[str], Failure]


@pytest.fixture
def fail(tmp_path: Path) -> Fail:
    """Runs a DAG file that raises, `dags/etl.py`, and describes what it raised."""

    def run(source: str) -> Failure:
        path = tmp_path / "dags" / "etl.py"
        path.parent.mkdir()
        path.write_text(source, encoding="utf-8")
        try:
            exec(compile(source, str(path), "exec"), {"__name__": "etl", "__file__": str(path)})  # noqa: S102 - a DAG file
        except BaseException as error:  # noqa: BLE001 - whatever it raised
            return describe(error, UserCode(str(tmp_path), [str(path.parent)]))
        raise AssertionError("nothing was raised")

    return run


def described(error: BaseException) -> Failure:
    return describe(error, UserCode("/nowhere", []))


def test_an_exception_has_type_message_and_the_user_s_frames(fail: Fail) -> None:
    (raised,) = fail("def load():\n    return {}['key']  \n\nload()\n").chain
    assert (raised.type, raised.message, raised.name) == ("KeyError", "'key'", "key")
    assert [(frame.file, frame.line, frame.function, frame.text) for frame in raised.frames] == [
        ("dags/etl.py", 4, "<module>", "load()"),
        ("dags/etl.py", 2, "load", "return {}['key']"),
    ]


def test_frames_of_libraries_are_left_out(fail: Fail) -> None:
    (raised,) = fail("import json\njson.loads('{')\n").chain[:1]
    assert [frame.line for frame in raised.frames] == [2]


def test_a_type_is_told_with_its_module(fail: Fail) -> None:
    assert fail("import json\njson.loads('{')\n").chain[0].type == "json.decoder.JSONDecodeError"


def test_what_an_exception_was_raised_from_follows_it(fail: Fail) -> None:
    source = "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('b') from e\n"
    assert [raised.type for raised in fail(source).chain] == ["ValueError", "KeyError"]


def test_what_was_being_handled_follows_it(fail: Fail) -> None:
    assert [raised.type for raised in fail("try:\n    {}['a']\nexcept KeyError:\n    1 / 0\n").chain] == [
        "ZeroDivisionError",
        "KeyError",
    ]


def test_what_was_hidden_by_from_none_does_not(fail: Fail) -> None:
    source = "try:\n    {}['a']\nexcept KeyError:\n    raise ValueError('b') from None\n"
    assert [raised.type for raised in fail(source).chain] == ["ValueError"]


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("raise SystemExit", 0),
        ("raise SystemExit(0)", 0),
        ("raise SystemExit(3)", 3),
        ("raise SystemExit(True)", 1),
        ("raise SystemExit(-1)", 255),
        ("raise SystemExit(10**30 + 1)", 1),
        ("raise SystemExit('words')", 1),
        ("import sys; sys.exit(4)", 4),
        ("exit = type('Leave', (SystemExit,), {}); raise exit(5)", 5),
    ],
)
def test_an_exit_has_the_status_that_the_process_would_have(fail: Fail, statement: str, status: int) -> None:
    failure = fail(statement)
    assert (failure.kind, failure.status, len(failure.chain)) == ("exit", status, 1)


@pytest.mark.parametrize("error", [NetworkRefusedError(111, "no"), GiveUpError("no")])
def test_the_sandbox_s_own_error_is_a_refusal(error: BaseException) -> None:
    assert described(error).kind == "refused"


@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.ENOMEM, "Cannot allocate memory")])
def test_missing_memory_is_told_as_such(error: BaseException) -> None:
    assert described(error).kind == "memory"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), GeneratorExit(), RecursionError("x"), OSError(errno.EIO, "x")])
def test_anything_else_is_an_exception(error: BaseException) -> None:
    assert described(error).kind == "exception"


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("import unheard_of.module", "unheard_of"),
        ("from json import unheard_of", "json"),
        ("None.x", "x"),
        ("open('/nowhere/file')", "/nowhere/file"),
        ("unheard_of", "unheard_of"),
        ("raise KeyError", None),
        ("raise KeyError(3)", "3"),
        ("raise ValueError('x')", None),
    ],
)
def test_what_is_missing_is_named(fail: Fail, statement: str, name: str | None) -> None:
    assert fail(statement).chain[0].name == name


@pytest.mark.parametrize("source", ["x = (\n", "\n\nx y\n", "def f():\npass\n", "\tx\n  y\n"])
def test_a_syntax_error_is_at_its_own_line(tmp_path: Path, source: str) -> None:
    (tmp_path / "etl.py").write_text(source, encoding="utf-8")
    with pytest.raises(SyntaxError) as raised:
        compile(source, f"{tmp_path}/etl.py", "exec")
    (link,) = describe(raised.value, UserCode(str(tmp_path), [])).chain
    assert (link.frames[-1].file, link.frames[-1].line) == ("etl.py", raised.value.lineno)
    assert link.frames[-1].text == (raised.value.text or "").strip()
    assert "etl.py" not in link.message


def test_a_long_stack_keeps_its_beginning_and_its_end(fail: Fail) -> None:
    (raised,) = fail("def fall(n):\n    if n == 0:\n        raise ValueError\n    fall(n - 1)\n\nfall(200)\n").chain
    assert len(raised.frames) == 60
    assert (raised.frames[0].line, raised.frames[-1].line) == (6, 3)


def test_a_long_chain_comes_to_an_end() -> None:
    error = first = ValueError(0)
    for number in range(1, 50):
        error.__cause__ = ValueError(number)
        error = error.__cause__
    assert [raised.message for raised in described(first).chain] == [str(number) for number in range(10)]


def test_a_circle_of_causes_comes_to_an_end() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert [raised.type for raised in described(first).chain] == ["ValueError", "KeyError"]


META = "class M(type):\n    def __getattribute__(cls, name): raise KeyError\n"
LIAR = "class A(str):\n    def __str__(self): return '\\x1b'\n    __repr__ = __str__\n"
HOSTILE = {
    "raises": "class Hostile(Exception):\n    def __str__(self): raise KeyError\nraise Hostile",
    "exits": "class Hostile(Exception):\n    def __str__(self): raise SystemExit\nraise Hostile",
    "interrupts": "class Hostile(Exception):\n    def __str__(self): raise KeyboardInterrupt\nraise Hostile",
    "returns no text": "class Hostile(Exception):\n    def __str__(self): return 3\nraise Hostile",
    "recurses": "class Hostile(Exception):\n    def __str__(self): return str(self)\nraise Hostile",
    "surrogates": "raise Exception('\\udc80 \\ud83d')",
    "escapes": "raise Exception('\\x1b[2J\\x07\\r')",
    "huge": "raise Exception('x' * 10_000_000)",
    "arguments that fight": "class A:\n    def __repr__(self): raise KeyError\nraise Exception(A(), A())",
    "key that fights": "class A(str):\n    def __str__(self): raise KeyError\nraise KeyError(A('x'))",
    "text that lies": f"{LIAR}raise Exception(A('x'))",
    "name that lies": f"{LIAR}e = Exception()\ne.name = A('x')\nraise e",
    "odd type name": "raise type('\\x1b[31m', (Exception,), {})()",
    "surrogate type name": "raise type('X', (Exception,), {'__module__': '\\udc80'})()",
    "no module": "raise type('X', (Exception,), {'__module__': None})()",
    "properties": "class A(Exception):\n    name = filename = args = property(lambda self: 1 / 0)\nraise A",
    "chain that fights": (
        "class A(Exception):\n    __cause__ = __context__ = __traceback__ = property(lambda self: 1 / 0)\nraise A"
    ),
    "own attributes": "class A(Exception):\n    def __getattribute__(self, name): raise SystemExit\nraise A",
    "dictionary that fights": "class A(Exception):\n    __dict__ = property(lambda self: 1 / 0)\nraise A",
    "exit that lies": "class A(Exception):\n    __class__ = property(lambda self: SystemExit)\nraise A",
    "syntax error that lies": "class A(Exception):\n    __class__ = property(lambda self: SyntaxError)\nraise A",
    "metaclass": f"{META}class A(Exception, metaclass=M): pass\nraise A",
    "syntax error without text": "raise SyntaxError('m', (123, 'one', 'two', 5))",
    "syntax error elsewhere": "raise SyntaxError('m', (__file__, 10**40, 1, '\\x1b'))",
    "own equality": "class A(Exception):\n    def __eq__(self, other): raise KeyError\n    __hash__ = None\nraise A",
    "own truth": "class A(Exception):\n    def __bool__(self): raise KeyError\ntry:\n    raise A\nexcept A:\n    1 / 0",
    "odd text of a line": "\nraise Exception  # \\udc80 \x1b[2J",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_exception_becomes_a_record_that_can_be_sent_and_printed(fail: Fail, source: str) -> None:
    record = FileRecord(file="dags/etl.py", failure=fail(source))
    assert decode(encode(record)) == record
    chain = record.failure.chain if record.failure else ()
    texts = [text for link in chain for text in (link.type, link.message, link.name or "", link.frames[-1].text)]
    assert all(text.isprintable() and len(text) < 5_000 for text in texts)


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_exception_has_its_line(fail: Fail, source: str) -> None:
    assert fail(source).chain[0].frames[0].file == "dags/etl.py"


def test_a_message_that_can_not_be_had_is_replaced(fail: Fail) -> None:
    assert fail(HOSTILE["exits"]).chain[0].message == "<etl.Hostile whose __str__ raised SystemExit>"


def test_an_exit_status_is_what_cpython_keeps_not_what_the_class_says(fail: Fail) -> None:
    failure = fail("class A(SystemExit):\n    code = property(lambda self: 1 / 0)\nraise A(3)")
    assert (failure.kind, failure.status) == ("exit", 3)


def test_an_exception_that_only_looks_like_an_exit_is_none(fail: Fail) -> None:
    assert fail(HOSTILE["exit that lies"]).kind == "exception"


def test_a_type_of_a_dag_file_s_module_is_told_without_airflow_s_name_for_it(fail: Fail) -> None:
    name = f"unusual_prefix_{'0a' * 20}_etl"
    assert fail(f"raise type('Own', (Exception,), {{'__module__': {name!r}}})").chain[0].type == "Own"


@pytest.mark.parametrize("source", ["raise ValueError from error", "raise ValueError", "1 / 0"])
def test_an_error_that_comes_of_a_refusal_is_one(fail: Fail, source: str) -> None:
    imported = "from dagcheck.sandbox.refusals import NetworkRefusedError\n"
    failure = fail(f"{imported}try:\n    raise NetworkRefusedError\nexcept OSError as error:\n    {source}\n")
    assert failure.kind == "refused"


def test_a_long_text_is_cut_and_says_so() -> None:
    assert text_of("x" * 30, limit=10) == "xxxxxxxxxx ... (30 characters)"


def test_a_text_that_lies_about_itself_is_what_it_is() -> None:
    liar = type("Liar", (str,), {"__str__": lambda _: "lie"})
    assert text_of(liar("truth")) == "truth"


def test_no_line_of_a_source_is_longer_than_can_be_read(fail: Fail) -> None:
    assert len(fail(f"1 / 0  # {'x' * 1_000}\n").chain[0].frames[0].text) == 200


def test_no_message_is_longer_than_can_be_read(fail: Fail) -> None:
    assert fail("raise ValueError('x' * 5_000)").chain[0].message == f"{'x' * 4_000} ... (5000 characters)"


def test_line_breaks_of_a_message_stay() -> None:
    assert text_of("one\ntwo") == "one\ntwo"


def test_a_stack_that_is_too_deep_is_described(fail: Fail) -> None:
    failure = fail("def fall(): fall()\nfall()\n")
    assert (failure.kind, failure.chain[0].type) == ("exception", "RecursionError")


def test_describing_changes_nothing(fail: Fail) -> None:
    before = dict(vars(builtins)), sys.getrecursionlimit()
    fail(HOSTILE["recurses"])
    assert (dict(vars(builtins)), sys.getrecursionlimit()) == before
