"""What a check reports: a finding, its level, and how it reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(str, Enum):
    """`error` fails the run, `warning` is shown and passes, `off` must be selected."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: where, what, why it matters, what to do next, and the proof.

    `file` is relative to the rootdir; `line` is the user's own line, None where there is none. `what` is one
    line in Airflow's words, `why` one clause, `fix` one instruction; `proof` are further lines (frames, a path,
    dates).
    """

    check: str
    file: str
    line: int | None = None
    dag_id: str | None = None
    task_id: str | None = None
    what: str
    why: str = ""
    fix: str = ""
    proof: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """`dag_id.task_id`, `dag_id`, or nothing for a finding about a whole file."""
        return ".".join(part for part in (self.dag_id, self.task_id) if part)

    @property
    def sort_key(self) -> tuple[str, str, int, str, str]:
        """File, then DAG (the file's own findings first), then line."""
        return self.file, self.dag_id or "", self.line or 0, self.check, self.what

    @property
    def headline(self) -> str:
        """`file:line: subject: what [check]`, one line."""
        file = printable_line(self.file)
        where = file if self.line is None else f"{file}:{self.line}"
        return ": ".join(filter(None, (where, printable_line(self.subject), f"{self.what} [{self.check}]")))

    def lines(self) -> list[str]:
        """The whole finding as it is shown, the first line flush left."""
        rest = [self.why, *self.proof, f"fix: {self.fix}" if self.fix else ""]
        return [self.headline, *(f"    {line}" for line in rest if line)]


def printable(text: str) -> str:
    """Make text from a DAG file safe to print: terminal escapes and lone surrogates become visible escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def printable_line(text: str) -> str:
    """As `printable`, on one line."""
    return printable(text).replace("\n", "\\n")
