"""Writes docs/patterns.md: each pattern of the catalogue, its reference DAGs, the tests that prove it, where and how.

    python tools/pattern_table.py junit/py312-airflow33.xml ...     # take what ran into docs/patterns.json, and write
    python tools/pattern_table.py                                   # write

What is known of other versions stays. The catalogue is docs/patterns.toml. A DAG file names its rows at the beginning
of its docstring (`A4: ...`), a test by `pytest.mark.pattern("A4", how="PostgreSQL")`. A JUnit file is named after its
tox environment; a row ran on a version if every test of it passed there.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

import airflow_matrix

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
RESULTS = DOCS / "patterns.json"
_ROWS = re.compile(r"((?:[A-E]\d+(?: \([^)]*\))?(?:, )?)+): ")
_ROW = re.compile(r"[A-E]\d+")

Ran = dict[str, dict[str, list[str]]]
"""By row: the Airflow versions on which it ran, by how."""


@dataclass
class Row:
    """One pattern: where it is implemented and proven."""

    name: str
    title: str
    dags: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)


def catalogue(root: Path = ROOT) -> tuple[dict[str, str], dict[str, Row], frozenset[str]]:
    """Return the titles of the families, the rows with their files, and the rows that tests alone show.

    Raises ValueError where a DAG file or a test names a row that there is not.
    """
    table = tomllib.loads((root / "docs/patterns.toml").read_text(encoding="utf-8"))
    tests_only = frozenset(table.pop("tests_only"))
    families = {letter: family.pop("title") for letter, family in table.items()}
    rows = {name: Row(name, title) for family in table.values() for name, title in family.items()}
    for file, names in _named(root):
        if unknown := names - rows.keys():
            raise ValueError(f"{file.relative_to(root)} names no row of the catalogue: {', '.join(sorted(unknown))}")
        for name in names:
            known = rows[name].tests if file.name.startswith("test_") else rows[name].dags
            known.append(file.relative_to(root).as_posix())
    return families, rows, tests_only


def _named(root: Path) -> Iterator[tuple[Path, set[str]]]:
    for file in sorted((root / "reference_dags").rglob("*.py")):
        docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        if found := _ROWS.match(docstring):
            yield file, set(_ROW.findall(found[1]))
    for file in sorted((root / "tests/reference").glob("test_*.py")):
        yield file, set(_marked(ast.parse(file.read_text(encoding="utf-8"))))


def _marked(tree: ast.AST) -> Iterator[str]:
    """Yield the rows of every `pytest.mark.pattern(...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.pattern":
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def gaps(rows: Mapping[str, Row], tests_only: frozenset[str]) -> list[str]:
    """Return what is missing, in words."""
    no_dag = [f"{name}: no reference DAG" for name, row in rows.items() if not row.dags and name not in tests_only]
    return no_dag + [f"{name}: no test" for name, row in rows.items() if not row.tests]


def merged(known: Ran, new: Ran, versions: Collection[str]) -> Ran:
    """Return what is known, with what is new of these versions in place of what was known of them."""
    order = list(airflow_matrix.read().minors)
    found: Ran = {}
    for row in {**known, **new}:
        before, now = known.get(row, {}), new.get(row, {})
        hows = {how: {*before.get(how, ())} - {*versions} | {*now.get(how, ())} for how in {**before, **now}}
        found[row] = {how: [one for one in order if one in ran] for how, ran in hows.items() if ran}
    return found


def read_runs(files: Sequence[Path]) -> Ran:
    """Return what ran where, from JUnit files; raises ValueError for a name that is not a tox environment's."""
    ran: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    failed: set[tuple[str, str]] = set()
    for file in files:
        _, version = airflow_matrix.versions_of(file)
        for case in ET.parse(file).iter("testcase"):  # noqa: S314 - our own pytest wrote it
            for row, how in _proofs(case):
                ran[row][how].add(version)
                if any(child.tag in {"failure", "error", "skipped"} for child in case):
                    failed.add((row, version))
    order = list(airflow_matrix.read().minors)
    return {row: {how: _passed(row, hows[how], failed, order) for how in hows} for row, hows in ran.items()}


def _passed(row: str, versions: set[str], failed: set[tuple[str, str]], order: Sequence[str]) -> list[str]:
    return [version for version in order if version in versions and (row, version) not in failed]


def _proofs(case: ET.Element) -> Iterator[tuple[str, str]]:
    """Yield row and how for each row that a test case proves."""
    found = {(one.get("name"), one.get("value", "")) for one in case.iter("property")}
    rows = [value.split(" ", 1) for name, value in found if name == "pattern"]
    by_airflow = any(name == "dag_test" for name, _ in found)
    for row, how in rows:
        yield row, how
        if by_airflow:
            yield row, "dag.test()"


def render(families: Mapping[str, str], rows: Mapping[str, Row], ran: Ran) -> str:
    """Return the page."""
    lines = [
        "# Patterns", "",
        "Every pattern of the catalogue, the reference DAG that implements it, the tests that prove it, and where they",
        "ran. Written by `tools/pattern_table.py`; `dag.test()` means that the installed Airflow itself came to the",
        "same states as the run in memory.",
    ]  # fmt: skip
    for letter, title in families.items():
        lines += ["", f"## {letter}. {title}", "", "| | pattern | reference DAG | tests | ran on Airflow |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        lines += [_line(row, ran.get(row.name, {})) for row in rows.values() if row.name.startswith(letter)]
    return "\n".join([*lines, ""])


def _line(row: Row, ran: Mapping[str, Sequence[str]]) -> str:
    dags = "<br>".join(_link(path, "reference_dags/") for path in row.dags) or "in tests alone"
    tests = "<br>".join(_link(path, "tests/reference/") for path in row.tests)
    return f"| {row.name} | {row.title.replace('|', '/')} | {dags} | {tests} | {_where(ran)} |"


def _link(path: str, prefix: str) -> str:
    return f"[{path.removeprefix(prefix)}](../{path})"


def _where(ran: Mapping[str, Sequence[str]]) -> str:
    return "<br>".join(f"{how}: {', '.join(ran[how])}" for how in sorted(ran) if ran[how]) or "not run yet"


def load() -> Ran:
    """Return the results that are kept."""
    found: Ran = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    return found


def main(words: Sequence[str]) -> int:
    """Run the tool; returns its exit status."""
    try:
        families, rows, _ = catalogue()
        files = [Path(word) for word in words]
        ran = merged(load(), read_runs(files), {airflow_matrix.versions_of(file)[1] for file in files})
    except (OSError, ValueError, ET.ParseError) as error:
        print(error, file=sys.stderr)
        return 1
    RESULTS.write_text(json.dumps({name: ran[name] for name in rows if name in ran}, indent=1) + "\n", encoding="utf-8")
    (DOCS / "patterns.md").write_text(render(families, rows, ran), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
