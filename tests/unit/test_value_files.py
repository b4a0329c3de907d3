from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dagcheck.value_files import read_connections, read_environment, read_variables


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def write_file(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write_file


Write = Callable[[str, str], Path]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("v.json", '{"a": "x", "b": {"c": 1}, "d": 3}'),
        ("v.yaml", "a: x\nb:\n  c: 1\nd: 3\n"),
        ("v.YML", "{a: x, b: {c: 1}, d: 3}"),
    ],
)
def test_json_and_yaml_hold_the_same_variables(write: Write, name: str, text: str) -> None:
    assert read_variables(write(name, text)) == {"a": "x", "b": '{\n  "c": 1\n}', "d": "3"}


@pytest.mark.parametrize("name", ["v.env", ".env", ".env.ci"])
def test_env_files_hold_one_variable_per_line(write: Write, name: str) -> None:
    assert read_variables(write(name, '# all\n\na=x=y\nb="q"\n')) == {"a": "x=y", "b": '"q"'}


def test_a_variable_with_a_description_is_its_value(write: Write) -> None:
    text = '{"a": {"value": [1], "description": "of a"}, "b": {"value": 1, "unit": "s"}}'
    assert read_variables(write("v.json", text)) == {"a": "[\n  1\n]", "b": '{\n  "value": 1,\n  "unit": "s"\n}'}


def test_connections_may_be_uris_tables_or_lists_of_one(write: Write) -> None:
    text = '{"a": "http://h", "b": {"host": "h", "login": null}, "c": ["http://h"]}'
    assert read_connections(write("c.json", text)) == {"a": "http://h", "b": '{"host": "h"}', "c": "http://h"}


def test_connections_of_an_env_file_may_be_uris_or_json(write: Write) -> None:
    assert read_connections(write("c.env", 'a=http://h\nb={"host": "h"}\n')) == {"a": "http://h", "b": '{"host": "h"}'}


def test_a_wrong_connection_is_named_without_its_value(write: Write) -> None:
    with pytest.raises(ValueError, match=r"^Connection 'a': expected a URI") as caught:
        read_connections(write("c.json", '{"a": "hunter2"}'))
    assert "hunter2" not in str(caught.value)


def test_an_environment_file_is_read_as_a_shell_does(write: Write) -> None:
    text = "export A=1\nB='two words'\nC=\"x # y\"\nD=plain # comment\nE=\nF = g\n"
    found = read_environment(write("local.env", text))
    assert found == {"A": "1", "B": "two words", "C": "x # y", "D": "plain", "E": "", "F": "g"}


def test_an_environment_may_be_json(write: Write) -> None:
    assert read_environment(write("e.json", '{"A": "1", "B": 2}')) == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("v.txt", "a=1", r"its name must end in one of \.env, \.json, \.yaml, \.yml"),
        ("v.json", "", r"is not JSON: line 1: Expecting value"),
        ("v.json", '{"a": hunter2}', r"is not JSON: line 1: Expecting value"),
        ("v.json", '["hunter2"]', r"expected a table of names and values, got a list"),
        ("v.json", "[" * 200_000, r"is not JSON"),
        ("v.yaml", "", r"expected a table of names and values, got nothing"),
        ("v.yaml", "a: b\nc: [hunter2\n", r"is not YAML: line 3: "),
        ("v.yaml", "a: *hunter2\n", r"is not YAML: line 1: found undefined alias"),
        ("v.yaml", "a: !!python/name:hunter2.x\n", r"is not YAML: line 1: "),
        ("v.yaml", "1: hunter2\n", r"the key 1 is not a name"),
        ("v.env", "hunter2\n", r"line 1: expected NAME=value"),
        ("v.env", "a=1\n=hunter2\n", r"line 2: expected NAME=value"),
        ("v.env", "a=\n", r"line 1: a has no value"),
        ("v.env", "a=1\na=hunter2\n", r"line 2: a second value for a"),
    ],
)
def test_a_malformed_file_is_told_without_its_content(write: Write, name: str, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}") as caught:
        read_variables(write(name, text))
    assert "hunter2" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^there is no such file$"):
        read_variables(tmp_path / "v.json")
    (tmp_path / "v.json").mkdir()
    with pytest.raises(ValueError, match=r"^cannot be read: Is a directory$"):
        read_variables(tmp_path / "v.json")


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "v.env").write_bytes(b"a=\xff")
    with pytest.raises(ValueError, match=r"^is not UTF-8 text$"):
        read_variables(tmp_path / "v.env")


def test_yaml_without_pyyaml_says_what_to_do(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(ValueError, match="pip install pyyaml, or write it as JSON"):
        read_variables(write("v.yaml", "a: x\n"))
