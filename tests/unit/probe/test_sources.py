from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.probe.sources import likely_line, orphans, source_of, volatile_words, volatile_words_of_dag_file


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("from datetime import datetime\nnow = datetime.now()", "now"),
        ("date.today()", "today"),
        ("datetime.utcnow()", "utcnow"),
        ("days_ago(2)", "days_ago"),
        ("time.time()", "time.time"),
        ("time.monotonic ()", "monotonic"),
        ("import random", "random"),
        ("uuid.uuid4()", "uuid"),
        ("uuid4()", "uuid4"),
        ("os.urandom(8)", "urandom"),
        ("os.getpid()", "getpid"),
        ("id(dag)", "id"),
        ("hash('x')", "hash"),
        ("os.listdir('.')", "listdir"),
        ("Path('.').glob('*.sql')", "glob"),
        ("os.walk('.')", "os.walk"),
        ("set(names)", "set"),
        ("for x in {'a', 'b'}:", "set"),
        ("names = {x for x in y}", "set"),
        ("f({'a', 'b'})", "set"),
        ("return {1, 2}", "set"),
    ],
)
def test_a_source_of_change_is_named(source: str, word: str) -> None:
    assert word in volatile_words(source)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "from airflow import DAG\nwith DAG('etl', schedule='@daily'): pass",
        "offset(1)",
        "known = 3",
        "grid(2)",
        "{'a': 1, 'b': 2}",
        "x = {}",
        "dag.set_upstream(x)",
        "randomness = 3",
    ],
)
def test_what_is_the_same_every_time_has_no_such_word(source: str) -> None:
    assert volatile_words(source) == set()


@given(st.text())
def test_any_text_can_be_searched(source: str) -> None:
    assert "" not in volatile_words(source)


@pytest.mark.parametrize(
    "source",
    [
        "@task\ndef load(): return now()",
        "@sdk.task.branch(retries=1)\ndef load():\n    return now()",
        "@dag\ndef etl():\n    @task\n    def load():\n        return now()\n    load()\netl()",
        "def load():\n    return now()\nPythonOperator(python_callable=load)",
    ],
)
def test_what_runs_after_the_file_was_parsed_can_change(source: str) -> None:
    assert volatile_words_of_dag_file(source) == set()


@pytest.mark.parametrize(
    "source",
    [
        "DAG(start_date=now())",
        "def start():\n    return now()\nDAG(start_date=start())",
        "def start(day=now()):\n    pass",
        "@dag\ndef etl():\n    now()\netl()",
        "@task\ndef load(): pass\nload(now())",
        "@task\ndef load(): now()\nclass Factory:\n    made = now()",
        "def broken(:\n    now()",
    ],
)
def test_what_runs_while_the_file_is_parsed_can_not(source: str) -> None:
    assert volatile_words_of_dag_file(source) == {"now"}


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_file_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "etl.py"
    path.write_text(f"# coding: {encoding}\nname = 'Zürich'\n", encoding=encoding)
    assert "Zürich" in source_of(str(path))


def test_what_is_no_text_or_not_there_has_none(tmp_path: Path) -> None:
    path = tmp_path / "etl.py"
    path.write_bytes(b"\xff\x00")
    assert source_of(str(path)) == ""
    assert source_of(str(tmp_path / "nowhere.py")) == ""


def kinds(source: str) -> list[tuple[str, str, int | None]]:
    return [(orphan.kind, orphan.name, orphan.line) for orphan in orphans(source)]


@pytest.mark.parametrize("decorator", ["@dag", "@dag()", "@dag(schedule='@daily')", "@sdk.dag", "@airflow.sdk.dag()"])
def test_a_dag_function_that_nobody_calls_is_named_at_its_decorator(decorator: str) -> None:
    assert kinds(f"import x\n\n{decorator}\ndef etl():\n    pass\n") == [("uncalled", "etl", 3)]


def test_an_asynchronous_dag_function_is_one_too() -> None:
    assert kinds("@dag\nasync def etl(): pass") == [("uncalled", "etl", 1)]


def test_the_first_of_several_decorators_is_the_line() -> None:
    assert kinds("@other\n@dag\ndef etl(): pass") == [("uncalled", "etl", 1)]


@pytest.mark.parametrize("call", ["return DAG('x')", "with DAG('x'): pass", "x = models.DAG('x')"])
def test_a_dag_inside_a_function_is_hidden(call: str) -> None:
    assert kinds(f"def make():\n    {call}\n") == [("hidden", "make", 1)]


def test_a_dag_function_inside_a_function_is_hidden_by_the_outer_one() -> None:
    assert kinds("def make():\n    @dag\n    def etl(): pass\n    return etl") == [("hidden", "make", 1)]


def test_a_dag_inside_a_method_is_hidden() -> None:
    assert kinds("class Factory:\n    def make(self):\n        return DAG('x')") == [("hidden", "make", 2)]


@pytest.mark.parametrize(
    "source",
    [
        "with DAG('x'): pass",
        "@task\ndef load(): pass",
        "def f(): return diag()",
        "DAG = 3",
        "class dag: pass",
        "@f()()\ndef g(): x[0](lambda: 1)()",
    ],
)
def test_what_makes_no_dag_is_no_orphan(source: str) -> None:
    assert kinds(source) == []


def test_what_a_condition_calls_is_called_on_the_versions_that_have_it() -> None:
    assert kinds("@dag()\ndef etl(): pass\nif AIRFLOW_2:\n    etl()") == []
    assert kinds("def make(): return DAG('x')\nif AIRFLOW_2:\n    etl = make()") == []


def test_what_only_a_script_calls_makes_no_dag() -> None:
    assert kinds("@dag()\ndef etl(): pass\nif __name__ == '__main__':\n    etl()") == [("uncalled", "etl", 1)]


@pytest.mark.parametrize("source", ["def (", "\0", "\udc80", "(" * 10_000, "-" * 100_000 + "1"])
def test_text_that_is_not_python_has_no_orphans(source: str) -> None:
    assert orphans(source) == ()


def test_orphans_stand_in_the_order_of_the_file() -> None:
    assert [name for _, name, _ in kinds("@dag\ndef b(): pass\n\ndef a(): DAG('x')\n\n@dag\ndef c(): pass")] == [
        "b",
        "a",
        "c",
    ]


@pytest.mark.parametrize(
    ("kind", "detail", "line"),
    [
        ("sys-path", "/x added", "sys.path.append(folder)"),
        ("sys-path", "/x added", "site.addsitedir(folder)"),
        ("signal-handler", "SIGTERM", "signal.signal(number, handler)"),
        ("signal-handler", "a timer", "signal.alarm(3)"),
        ("thread", "poller", "Thread(target=poll).start()"),
        ("thread", "ThreadPoolExecutor-0_0", "pool = ThreadPoolExecutor()"),
        ("child-process", "a child process", "subprocess.Popen(command)"),
        ("working-directory", "/x", "os.chdir(folder)"),
        ("module", "json", "del sys.modules[name]"),
        ("exit-handler", "close", "atexit.register(close)"),
        ("exit", "exit", "Timer(1, os._exit, (0,)).start()"),
        ("environment", "TEAM", "os.environ['TEAM'] = 'x'"),
        ("environment", "A.B", "os.environ['A.B'] = 'x'"),
        ("patch", "airflow.models.DAG.__init__", "DAG.__init__ = patched"),
        ("patch", "json.dumps", "json.dumps = patched"),
        ("patch", "os.environ", "os.environ = {}"),
    ],
)
def test_the_line_that_left_something_behind_is_found(tmp_path: Path, kind: str, detail: str, line: str) -> None:
    (tmp_path / "etl.py").write_text(f"import os\nx = 1\n{line}\n{line}\n", encoding="utf-8")
    assert likely_line(str(tmp_path / "etl.py"), kind, detail) == 3


@pytest.mark.parametrize(
    ("kind", "detail"),
    [("thread", "poller"), ("environment", "A.B"), ("patch", "json.dump"), ("patch", "([")],
)
def test_a_file_that_does_not_speak_of_it_has_no_such_line(tmp_path: Path, kind: str, detail: str) -> None:
    (tmp_path / "etl.py").write_text("import os\nA_B = dumps\n", encoding="utf-8")
    assert likely_line(str(tmp_path / "etl.py"), kind, detail) is None


def test_a_file_that_can_not_be_read_has_no_line(tmp_path: Path) -> None:
    assert likely_line(str(tmp_path / "gone.py"), "thread", "poller") is None
