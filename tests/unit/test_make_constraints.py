"""tools/make_constraints.py: one file from several resolutions."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from airflow_matrix import FILE, Matrix, Minor, read
from make_constraints import ResolutionError, main, merge, old_ones, parse_pins, reasons, render, resolve

MATRIX = read()
MINOR = Minor(
    name="3.3", release="3.3.2", cut="2026-09-19", pythons=("3.12",), requirements=("apache-airflow==3.3.2",), held={}
)
SMALL = Matrix(minors={"3.3": MINOR}, test_cut="2026-11-01", test_libraries=("moto[s3]", "pytest"), test_needs=())
PIN = re.compile(r"[a-z0-9][a-z0-9._-]*==[a-zA-Z0-9.+!]+(?: ; python_version (?:>=|<) \"3\.\d+\"(?: and .*)?)?")


def pins_for(lines: list[str], python: str) -> dict[str, str]:
    """Return what pip would take from the lines on one Python version."""
    requirements = [Requirement(line) for line in lines]
    applicable = [r for r in requirements if r.marker is None or r.marker.evaluate({"python_version": python})]
    names = [requirement.name for requirement in applicable]
    assert len(names) == len(set(names)), f"two pins for one package on {python}"
    return {requirement.name: str(requirement.specifier).removeprefix("==") for requirement in applicable}


@pytest.fixture
def fake_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program called uv on PATH that shows how it was called: its words and its input become the pins."""
    program = tmp_path / "uv"
    program.write_text("#!/bin/sh\nprintf 'words==%s\\n' \"$(echo $* | tr ' ' ',')\"\nsed 's/^/read-/'\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return program


def test_a_pin_on_which_all_pythons_agree_has_no_marker() -> None:
    assert list(merge({"3.10": {"rich": "15.0"}, "3.11": {"rich": "15.0"}})) == ["rich==15.0"]


def test_a_package_that_one_python_alone_needs_has_no_marker() -> None:
    assert list(merge({"3.10": {"tomli": "2.4"}, "3.11": {}})) == ["tomli==2.4"]


def test_each_python_gets_its_own_pin_back() -> None:
    resolutions = {
        "3.9": {"numpy": "1.9", "rich": "15.0"},
        "3.10": {"numpy": "2.2", "rich": "15.0"},
        "3.11": {"numpy": "2.4", "rich": "15.0"},
        "3.12": {"numpy": "2.4", "rich": "15.0"},
        "3.13": {"numpy": "2.2", "rich": "15.0"},
    }
    lines = list(merge(resolutions))
    assert {python: pins_for(lines, python) for python in resolutions} == resolutions


def test_a_python_newer_than_all_takes_the_newest_pin() -> None:
    lines = list(merge({"3.12": {"numpy": "2.4"}, "3.13": {"numpy": "2.5"}}))
    assert pins_for(lines, "3.14") == {"numpy": "2.5"}


def test_packages_are_sorted() -> None:
    assert list(merge({"3.12": {"b": "1", "a": "1"}})) == ["a==1", "b==1"]


def test_extras_comments_and_blank_lines_are_dropped() -> None:
    assert parse_pins("# by uv\n\nmoto[s3,server]==5.2  # via x\n") == {"moto": "5.2"}


def test_the_file_says_from_what_and_when_it_was_made() -> None:
    text = render({"3.12": {"rich": "15.0"}}, SMALL, MINOR, ["moto 4.2 (there is 5.2): because"])
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert comments[0].startswith("# Airflow 3.3 on Python 3.12 (Linux)")
    assert "2026-09-19; for test libraries, of 2026-11-01" in comments[1]
    assert {"#   apache-airflow==3.3.2", "#   pytest", "#   moto 4.2 (there is 5.2): because"} < set(comments)
    assert text.endswith("rich==15.0\n")


@pytest.mark.usefixtures("fake_uv")
def test_uv_is_asked_for_the_python_the_cut_and_more() -> None:
    pins = resolve(["rich==15.0"], "3.12", "2026-09-19", ["--extra", "test"])
    words = pins["words"].split(",")
    assert words[:3] == ["pip", "compile", "--quiet"]
    assert words[words.index("--python-version") + 1] == "3.12"
    assert words[words.index("--exclude-newer") + 1] == "2026-09-19"
    assert words[words.index("--extra") + 1] == "test"
    assert pins["read-rich"] == "15.0"


def test_a_test_library_that_is_newer_elsewhere_is_found(fake_uv: Path) -> None:
    fake_uv.write_text("#!/bin/sh\necho moto==5.2\necho pytest==9.2\n")
    assert old_ones(SMALL, {"3.12": {"moto": "4.2", "pytest": "9.2"}}) == {"moto": "4.2 (there is 5.2)"}


def test_an_old_test_library_comes_with_its_reason() -> None:
    minor = replace(MINOR, held={"moto": "because"})
    assert reasons(minor, {"moto": "4.2 (there is 5.2)"}) == ["moto 4.2 (there is 5.2): because"]


@pytest.mark.parametrize(("held", "old"), [({}, {"moto": "4.2 (there is 5.2)"}), ({"moto": "because"}, {})])
def test_a_missing_reason_and_one_too_many_are_refused(held: dict[str, str], old: dict[str, str]) -> None:
    with pytest.raises(ResolutionError, match=r"Airflow 3\.3: `held` in matrix\.toml .*: moto"):
        reasons(replace(MINOR, held=held), old)


def test_the_tool_writes_the_files_of_the_versions_named(fake_uv: Path, tmp_path: Path) -> None:
    names = ["rich", *(library.partition("[")[0] for library in MATRIX.test_libraries)]
    fake_uv.write_text("#!/bin/sh\n" + "".join(f"echo {name}==15.0\n" for name in names))
    assert main(["2.9", "--folder", str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.glob("*.txt")] == ["airflow-2.9.txt"]
    assert "rich==15.0" in (tmp_path / "airflow-2.9.txt").read_text().splitlines()


def test_an_unknown_version_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["2.6"])
    assert "not in matrix.toml: 2.6; there are 2.7, 2.8" in capsys.readouterr().err


def test_a_failed_resolution_is_told_in_the_words_of_uv(fake_uv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake_uv.write_text("#!/bin/sh\necho 'no version of rich' >&2\nexit 1\n")
    assert main(["3.3"]) == 1
    assert "Python 3.10: no version of rich" in capsys.readouterr().err


def test_without_uv_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ResolutionError, match="pip install uv"):
        resolve(["rich"], "3.12", "2026-09-19")


@pytest.mark.parametrize("name", MATRIX.minors)
def test_the_file_of_a_version_holds_pins_alone_and_one_per_python(name: str) -> None:
    minor = MATRIX.minors[name]
    lines = (FILE.parent / f"airflow-{name}.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [line for line in pins if not PIN.fullmatch(line)] == []
    for python in minor.pythons:
        found = pins_for(pins, python)
        assert found["apache-airflow"] == minor.release
        assert {requirement.partition("==")[0] for requirement in minor.requirements} <= found.keys()


def test_there_is_no_file_of_another_version() -> None:
    assert {path.stem for path in FILE.parent.glob("airflow-*.txt")} == {f"airflow-{name}" for name in MATRIX.minors}
