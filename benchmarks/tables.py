"""The figures as a table and as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

from rich.table import Table

from contenders import FLOOR, Contender
from runs import Run

_COLUMNS = ("passed", "CPU s", "x floor", "wall s", "x floor", "largest MiB", "pytest MiB")


def table(runs: Sequence[Run], contenders: Iterable[Contender], files: int) -> Table:
    """Return one size's table; ratios are medians of the rounds' own ratios."""
    shown = Table(title=f"{files} DAG files")
    shown.add_column("", no_wrap=True)
    for column in _COLUMNS:
        shown.add_column(column, justify="right", min_width=6)
    floors = {run.round: run for run in runs if run.contender == FLOOR}
    for contender in contenders:
        own = [run for run in runs if run.contender == contender.name]
        shown.add_row(contender.title, *_cells(own, floors))
    return shown


def _cells(runs: Sequence[Run], floors: Mapping[int, Run]) -> list[str]:
    return [
        f"{median(run.passed for run in runs):.0f}",
        f"{median(run.cpu for run in runs):.2f}",
        f"{median(run.cpu / floors[run.round].cpu for run in runs):.2f}",
        f"{median(run.wall for run in runs):.2f}",
        f"{median(run.wall / floors[run.round].wall for run in runs):.2f}",
        f"{median(run.largest_mib for run in runs):.0f}",
        "" if runs[0].pytest_mib is None else f"{median(run.pytest_mib or 0 for run in runs):.0f}",
    ]


def write_json(target: Path, runs: Iterable[Run], facts: Mapping[str, str | int]) -> None:
    """Write {"facts": ..., "runs": [...]}; a run's fields are those of `Run`."""
    data = {"facts": facts, "runs": [dataclasses.asdict(run) for run in runs]}
    target.write_text(json.dumps(data, indent=1) + "\n", encoding="ascii")
