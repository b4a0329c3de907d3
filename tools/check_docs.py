"""Checks what the project's Markdown shows: relative links and their anchors, configuration, options, YAML.

    python tools/check_docs.py

Needs dagcheck and PyYAML. A ```toml block with [tool.dagcheck] must be taken by dagcheck's own reader, a ```yaml block
must parse, and each `--dagcheck-...` and `tox run -e ...` must exist. Addresses of other hosts are not asked.
"""

from __future__ import annotations

import configparser
import functools
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dagcheck import config
from dagcheck.checks.registry import all_checks
from dagcheck.errors import ConfigError

ROOT = Path(__file__).parents[1]
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"--dagcheck[a-z-]*")
_DATA_FILE = re.compile(r'"([\w/.-]+\.(?:json|ya?ml))"')
_FOLDER = re.compile(r'"([\w/-]+)"')
_TOX = re.compile(r"\btox run -e ([\w-]+)")


def documents() -> list[Path]:
    """Return the Markdown files that are for readers."""
    return [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]


def problems(document: Path) -> Iterator[str]:
    """Yield what is wrong in a document."""
    text = document.read_text(encoding="utf-8")
    prose = _BLOCK.sub("", text)
    yield from (f"link to {target}: {why}" for target in _LINK.findall(prose) if (why := _dead(document, target)))
    for language, block in _BLOCK.findall(text):
        if why := {"toml": _wrong_toml, "yaml": _wrong_yaml}.get(language, lambda _block: None)(block):
            yield f"{language} block: {why}"
    yield from (f"there is no option {name}" for name in sorted(set(_OPTION.findall(text)) - _options()))
    yield from (f"tox.ini has no environment {name}" for name in _TOX.findall(text) if not _is_environment(name))


def _dead(document: Path, target: str) -> str | None:
    if re.match(r"[a-z]+:", target):
        return None
    path, _, anchor = target.partition("#")
    file = document.parent / path if path else document
    if not file.exists():
        return "there is no such file"
    if anchor and anchor not in {_anchor(heading) for heading in _HEADING.findall(file.read_text(encoding="utf-8"))}:
        return "there is no such heading"
    return None


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _wrong_toml(block: str) -> str | None:
    if "[tool.dagcheck" not in block:
        return None
    with tempfile.TemporaryDirectory() as folder:
        for name in _FOLDER.findall(block):  # any quoted word may be meant as one
            (Path(folder) / name).mkdir(parents=True, exist_ok=True)
        for name in ("pyproject.toml", *_DATA_FILE.findall(block)):
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block if name == "pyproject.toml" else "{}", encoding="utf-8")
        try:
            config.load(Path(folder), {}, all_checks())
        except ConfigError as error:
            return str(error)
    return None


def _wrong_yaml(block: str) -> str | None:
    import yaml  # Airflow has it, but the checks of this tool's other parts need no Airflow

    try:
        yaml.safe_load(block)
    except yaml.YAMLError as error:
        return str(error)
    return None


@functools.cache
def _options() -> frozenset[str]:
    command = [sys.executable, "-m", "pytest", "--help"]
    return frozenset(_OPTION.findall(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def _is_environment(name: str) -> bool:
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", encoding="utf-8")
    listed = tox["tox"]["env_list"].split()
    return (
        f"testenv:{name}" in tox or name in listed or bool(re.fullmatch(r"py3\d+-airflow\d+(-cov|-providers)*", name))
    )


def main() -> int:
    """Run the check; returns its exit status."""
    found = [f"{file.relative_to(ROOT)}: {problem}" for file in documents() for problem in problems(file)]
    print(*found, f"{len(documents())} documents, {len(found)} problems", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
