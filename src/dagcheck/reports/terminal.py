"""Tables and explanations as text for a terminal; rich is imported only when something is shown."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from dagcheck.findings import Level, printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from dagcheck.explain import Explanation, Row
    from dagcheck.reports.summary import Summary

_STYLES = {Level.ERROR: "red", Level.WARNING: "yellow", Level.OFF: "dim"}
_INDENT = 4


def check_table(rows: Iterable[Row], width: int, colour: bool) -> str:  # noqa: FBT001
    """Return the checks as a table per family, `width` columns wide; a level that is not the default has a star."""
    from rich.text import Text

    table = _table(("check", "left"), ("level", "left"), ("reports", "left"))
    family = ""
    for row in rows:
        if row.family != family:
            if family:
                table.add_row()
            table.add_row(Text(row.family, style="bold"))
            family = row.family
        star = "" if row.level is row.default else "*"
        level = Text(f"{row.level.value}{star}", style=_STYLES[row.level])
        table.add_row(Text(f"  {row.name}"), level, Text(row.summary))
    return _rendered([table], width, colour=colour)


def explanation(told: Explanation, width: int, colour: bool) -> str:  # noqa: FBT001
    """Return a check's documentation, `width` columns wide."""
    from rich.padding import Padding
    from rich.text import Text

    heading = Text.assemble((told.name, "bold"), " (", (told.level.value, _STYLES[told.level]), f", {told.family})")
    shown: list[RenderableType] = [heading, Text(), Text(told.rule)]
    for title, text in (("why", told.why), ("fix", told.fix)):
        if text:
            shown += [Text(), Text(f"{title}:", style="bold"), Padding(Text(text), (0, 0, 0, _INDENT))]
    for title, code in (("bad", told.bad), ("good", told.good)):
        if code:
            shown += [Text(), Text(f"{title}:", style="bold"), textwrap.indent(code, " " * _INDENT)]
    return _rendered(shown, width, colour=colour)


def closing_table(summary: Summary, width: int, colour: bool) -> str:  # noqa: FBT001
    """Return the figures of a run and its slowest files, `width` columns wide."""
    from rich.text import Text

    figures = [
        ("files", summary.files, ""),
        ("DAGs", summary.dags, ""),
        ("tasks", summary.tasks, ""),
        ("errors", summary.errors, "red"),
        ("warnings", summary.warnings, "yellow"),
        ("ignored", summary.ignored, ""),
        ("baselined", summary.baselined, ""),
        *([("cut short", summary.cut_short, "")] if summary.cut_short else []),
    ]
    counts = _table(*((title, "right") for title, _, _ in figures), ("seconds", "right"))
    cells = [Text(f"{number:,}", style=style if number else "") for _, number, style in figures]
    counts.add_row(*cells, Text(f"{summary.seconds:.1f}"))
    slowest = _table(("slowest files", "left"), ("seconds", "right"))
    for file, seconds in summary.slowest:
        slowest.add_row(Text(printable(file)), Text(f"{seconds:.2f}"))
    return _rendered([counts, Text(), slowest] if summary.slowest else [counts], width, colour=colour)


def sections(told: Iterable[tuple[str, list[tuple[str, str]]]], width: int, colour: bool) -> str:  # noqa: FBT001
    """Return titled lists of names and values, as the doctor's report has them, `width` columns wide."""
    from rich.text import Text

    table = _table(("", "left"), ("", "left"))
    table.show_header = False
    for title, rows in told:
        if table.row_count:
            table.add_row()
        table.add_row(Text(title, style="bold"))
        for name, value in rows:
            table.add_row(Text(f"  {printable(name)}"), Text(printable(value)))
    return _rendered([table], width, colour=colour)


def _table(*columns: tuple[str, str]) -> Table:
    """Return an empty table without lines, which every terminal can show."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title, side in columns:
        table.add_column(title, justify="right" if side == "right" else "left", overflow="fold")
    return table


def _rendered(shown: Sequence[RenderableType], width: int, *, colour: bool) -> str:
    """Return what rich makes of it; neither the environment nor the real terminal decides on colour."""
    from rich.console import Console

    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        force_jupyter=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as captured:
        for one in shown:
            (console.out if isinstance(one, str) else console.print)(one)  # `out` does not wrap code
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
