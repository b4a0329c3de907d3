"""constraints/matrix.toml, and what else of the project lists its versions."""

from __future__ import annotations

import configparser
import itertools
import re
from pathlib import Path

import pytest

import airflow_matrix

ROOT = Path(__file__).parents[2]
MATRIX = airflow_matrix.read()
BRACES = re.compile(r"\{([^}]*)\}")


def _expand(text: str) -> set[str]:
    """Expand `py{310,311}-airflow{27,28}` as tox does."""
    parts = BRACES.split(text)
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    return {"".join(chosen) for chosen in itertools.product(*choices)}


@pytest.fixture(scope="module")
def tox() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "tox.ini", encoding="utf-8")
    return parser


def test_tox_has_an_environment_for_each_pair_that_exists(tox: configparser.ConfigParser) -> None:
    lines = tox["tox"]["env_list"].split()
    found = {name for line in lines for name in _expand(line) if "-airflow" in name}
    assert found == {name for minor in MATRIX.minors.values() for name in airflow_matrix.environments(minor)}


def test_each_factor_of_tox_has_the_pins_of_its_version(tox: configparser.ConfigParser) -> None:
    pinned = re.findall(r"(airflow\d+): -c (\S+)", tox["testenv"]["deps"])
    assert dict(pinned) == {minor.factor: f"constraints/airflow-{name}.txt" for name, minor in MATRIX.minors.items()}


def test_the_providers_of_the_matrix_are_installed_for_the_reference_dags() -> None:
    installed = re.findall(r'"(apache-airflow-providers-[a-z-]+)",', (ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = {one for minor in MATRIX.minors.values() for one in minor.requirements if "-providers-" in one}
    more = {f"apache-airflow-providers-{name}" for name in ("common-compat", "standard")}  # others bring them
    assert len(wanted - more) > 5
    assert wanted - more <= set(installed)


def test_the_short_lane_has_every_version_and_every_python() -> None:
    named = re.findall(r"py\d+-airflow\d+", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert {name.partition("-")[2] for name in named} == {minor.factor for minor in MATRIX.minors.values()}
    assert {name.partition("-")[0] for name in named} == {"py310", "py311", "py312", "py313"}


@pytest.mark.parametrize(("word", "first", "last"), [("newest", "py311-airflow27", "py313-airflow33"),
                                                     ("others", "py310-airflow27", "py312-airflow33")])  # fmt: skip
def test_the_tool_lists_environments(word: str, first: str, last: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert airflow_matrix.main([word]) == 0
    lines = capsys.readouterr().out.split()
    assert (lines[0], lines[-1]) == (first, last)


def test_a_misspelt_key_is_refused(tmp_path: Path) -> None:
    text = airflow_matrix.FILE.read_text(encoding="utf-8")
    (tmp_path / "matrix.toml").write_text(text.replace("cut = 2026-09-19", "cutt = 2026-09-19"), encoding="utf-8")
    with pytest.raises(KeyError, match="cut"):
        airflow_matrix.read(tmp_path / "matrix.toml")
