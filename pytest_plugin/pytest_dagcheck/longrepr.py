"""How findings look where pytest shows a failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from _pytest._code.code import ReprFileLocation, TerminalRepr
from _pytest._io import TerminalWriter

from dagcheck.findings import Finding, Level

_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow"}


class FindingsRepr(TerminalRepr):
    """The findings of one item; `reprcrash` gives pytest's short summary its one line.

    `silent`: only that line is wanted (`--tb=line`).
    """

    def __init__(self, findings: Sequence[tuple[Finding, Level]], *, silent: bool = False) -> None:
        self.findings = findings
        self._silent = silent
        errors = [finding for finding, level in findings if level is Level.ERROR] or [f for f, _ in findings]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        text = f"{errors[0].what} [{errors[0].check}]{more}"
        self.reprcrash = ReprFileLocation(errors[0].file, errors[0].line or 0, text)

    def __str__(self) -> str:
        """The plain text, for reports in files."""
        return "\n".join(line for finding, _ in self.findings for line in finding.lines())

    def toterminal(self, tw: TerminalWriter) -> None:
        """Write the findings with pytest's own colours, if it has any."""
        if self._silent:
            return
        for finding, level in self.findings:
            write_finding(tw, finding, level)

    def to_data(self) -> list[dict[str, Any]]:
        """Plain data that survives the way from an xdist worker."""
        return [{**{f: getattr(finding, f) for f in finding.__dataclass_fields__}, "proof": list(finding.proof),
                 "level": level.value} for finding, level in self.findings]  # fmt: skip

    @classmethod
    def from_data(cls, data: list[dict[str, Any]], *, silent: bool = False) -> FindingsRepr:
        """Read what `to_data` gave."""
        found = []
        for values in data:
            level = Level(values.pop("level"))
            found.append((Finding(**{**values, "proof": tuple(values["proof"])}), level))
        return cls(found, silent=silent)


def write_finding(tw: TerminalWriter, finding: Finding, level: Level) -> None:
    """Write one finding: the headline in the level's colour, the fix stands out."""
    headline, *rest = finding.lines()
    where, _, what = headline.partition(": ")
    tw.write(f"{where}: ", bold=True)
    tw.line(what, **{_COLOURS.get(level, "white"): True})
    for line in rest:
        tw.line(line, **({"green": True} if line.lstrip().startswith("fix: ") else {}))
