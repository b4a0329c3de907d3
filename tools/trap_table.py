"""Writes docs/traps.md: what examples of the patterns get wrong, and the check or the test that catches it.

    python tools/trap_table.py

The traps are docs/traps.toml, their patterns docs/patterns.toml.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pattern_table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

DOCS = Path(__file__).parents[1] / "docs"
TEST, FAKE, NOTHING = "test", "strict fake", "nothing yet"
_HEAD = """\
# Traps

Examples of the [patterns](patterns.md) on the web get some things wrong: what an older Airflow had, or what never
worked. This is what catches each of them. Written by `tools/trap_table.py` from `docs/traps.toml`.

- A **check** finds it in your DAGs, too, under `pytest --dagcheck`; the file beside it is a DAG with the mistake.
- A **strict fake** refuses it in a test that uses dagcheck's mocks: see [hooks](hooks.md).
- A **test** shows what the reference DAG does in its place, or what the mistake comes to. Whether it is a mistake
  depends on what you want, so write such a test for your own DAG.
- **Nothing yet**: only a reader finds it."""


@dataclass(frozen=True, kw_only=True)
class Trap:
    """One mistake in a pattern's examples; `where` is a faulty DAG or, behind `::` its name, a test."""

    row: str
    trap: str
    caught_by: str
    where: str = ""

    @property
    def by_check(self) -> bool:
        """True if `caught_by` names a check."""
        return self.caught_by not in {TEST, FAKE, NOTHING}

    @property
    def path(self) -> str:
        """The file of `where`, from the project's folder."""
        return ("tests/faulty_dags/" if self.by_check else "tests/reference/") + self.where.partition("::")[0]


def traps(docs: Path = DOCS) -> tuple[list[str], list[Trap]]:
    """Return the rows that have a trap, and the traps; raises TypeError for a key that there is not."""
    table = tomllib.loads((docs / "traps.toml").read_text(encoding="utf-8"))
    rows: list[str] = table.pop("rows")
    return rows, [Trap(row=row, **one) for row, several in table.items() for one in several]


def render(families: Mapping[str, str], titles: Mapping[str, str], found: Sequence[Trap]) -> str:
    """Return the page."""
    return "\n".join([_HEAD, *(line for letter in families for line in _family(letter, families, titles, found)), ""])


def _family(
    letter: str, families: Mapping[str, str], titles: Mapping[str, str], found: Sequence[Trap]
) -> Iterator[str]:
    yield from ("", f"## {letter}. {families[letter]}", "")
    yield from ("| | pattern | trap | caught by | where |", "| --- | --- | --- | --- | --- |")
    for one in found:
        if one.row.startswith(letter):
            yield f"| {one.row} | {titles[one.row]} | {one.trap} | {_catcher(one)} | {_where(one)} |"


def _catcher(one: Trap) -> str:
    return f"`{one.caught_by}`" if one.by_check else f"a {one.caught_by}" if one.where else one.caught_by


def _where(one: Trap) -> str:
    if not one.where:
        return ""
    file, _, test = one.where.partition("::")
    return f"[{file}](../{one.path})" + (f" `{test}`" if test else "")


def page() -> str:
    """Return the page as it should be."""
    families, rows, _ = pattern_table.catalogue()
    return render(families, {name: row.title for name, row in rows.items()}, traps()[1])


if __name__ == "__main__":
    (DOCS / "traps.md").write_text(page(), encoding="utf-8")
