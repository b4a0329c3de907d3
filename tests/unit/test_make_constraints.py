"""tools/make_constraints.py: one file from several resolutions."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from make_constraints import ResolutionError, main, merge, parse_pins, render, resolve


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
    text = render({"3.12": {"rich": "15.0"}}, "2026-09-19", ["rich>=13"])
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert "2026-09-19" in comments[0]
    assert "#   rich>=13" in comments
    assert text.endswith("rich==15.0\n")


@pytest.mark.usefixtures("fake_uv")
def test_uv_is_asked_for_the_python_the_cut_and_the_lifted_packages() -> None:
    pins = resolve(["rich==15.0"], "3.12", "2026-09-19", ["pytest=2026-11-01"])
    words = pins["words"].split(",")
    assert words[:3] == ["pip", "compile", "--quiet"]
    assert words[words.index("--python-version") + 1] == "3.12"
    assert words[words.index("--exclude-newer") + 1] == "2026-09-19"
    assert words[words.index("--exclude-newer-package") + 1] == "pytest=2026-11-01"


@pytest.mark.usefixtures("fake_uv")
def test_the_tool_writes_the_file(tmp_path: Path) -> None:
    output = tmp_path / "constraints.txt"
    words = ["--cut", "2026-09-19", "--python", "3.12", "--output", str(output), "rich==15.0"]
    assert main(words) == 0
    assert "read-rich==15.0" in output.read_text().splitlines()


def test_a_failed_resolution_is_told_in_the_words_of_uv(fake_uv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake_uv.write_text("#!/bin/sh\necho 'no version of rich' >&2\nexit 1\n")
    assert main(["--cut", "2026-09-19", "--python", "3.12", "rich==99"]) == 1
    assert "Python 3.12: no version of rich" in capsys.readouterr().err


def test_without_uv_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ResolutionError, match="pip install uv"):
        resolve(["rich"], "3.12", "2026-09-19")
