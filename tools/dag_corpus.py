"""What the comments of a corpus of DAG files say that dagcheck has to report, compared with what it reported.

    sys.exit(0)  # expect: import-crash @here contains "status 0"

- `# expect: CHECK` must be reported for the file, once; `# maybe: CHECK` may be. `CHECK|OTHER` is either of them,
  `nothing` says that there is none. Whatever no comment names must not be reported.
- `@here`: at this line; `@near`: at most three lines away; neither: at any line, or at none.
- `contains "text"`: somewhere in the finding's lines; can be given more than once.
- `# dags: ID, ID`: these DAGs are reported; `# dags?:` may be; `PREFIX*N` is so many of them, `*` are any.
- `# airflow: <3` or `# airflow: >=3`: the file belongs to these versions of Airflow alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_COMMENT = re.compile(r"# (expect|maybe): ([a-z|-]+)((?: @\w+| contains \"[^\"]*\")*)")
_CONTAINS = re.compile(r'contains "([^"]*)"')
_DAGS = re.compile(r"^# dags(\?)?: *(.*)$", re.MULTILINE)
_AIRFLOW = re.compile(r"^# airflow: (<|>=)(\d+)$", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_NEAR = 3


@dataclass(frozen=True, kw_only=True)
class Reported:
    """A finding as it was printed; `text` is all of its lines."""

    file: str
    line: int | None
    check: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One comment: any of `checks`, within `slack` lines of `line`, with every text of `contains` in it."""

    checks: tuple[str, ...]
    line: int | None = None
    slack: int = 0
    contains: tuple[str, ...] = ()
    needed: bool = True

    def fits(self, found: Reported) -> bool:
        """True if the finding is what the comment means."""
        if found.check not in self.checks or not all(text in found.text for text in self.contains):
            return False
        return self.line is None or (found.line is not None and abs(found.line - self.line) <= self.slack)

    def __str__(self) -> str:
        where = "" if self.line is None else f" at line {self.line}" + (f"±{self.slack}" if self.slack else "")
        return f"{'|'.join(self.checks)}{where}" + "".join(f" containing {text!r}" for text in self.contains)


@dataclass(frozen=True, kw_only=True)
class CorpusFile:
    """One file and its comments; `airflow` is a test on the major version."""

    name: str
    expected: tuple[Expected, ...] = ()
    dags: tuple[str, ...] = ()
    certain: bool = True
    airflow: tuple[str, int] | None = None

    def applies(self, major: int) -> bool:
        """True if the file belongs to this major version of Airflow."""
        if self.airflow is None:
            return True
        sign, limit = self.airflow
        return major < limit if sign == "<" else major >= limit

    @property
    def innocent(self) -> bool:
        """True if nothing at all is to be reported."""
        return not self.expected

    @property
    def hangs(self) -> bool:
        """True if the file may cost a whole timeout."""
        return any(
            "import-timeout" in expected.checks or "does not return" in expected.contains for expected in self.expected
        )


def read_file(path: Path) -> CorpusFile:
    """Read the comments of a file, whatever else is in it."""
    return read_comments(path.name, path.read_bytes())


def read_comments(name: str, source: bytes) -> CorpusFile:
    """As `read_file`, for a source in memory."""
    text = _LINE_END.sub("\n", source.decode("latin-1"))
    dags = _DAGS.search(text)
    airflow = _AIRFLOW.search(text)
    return CorpusFile(
        name=name,
        expected=tuple(_expectations(text)),
        dags=tuple(_ids(dags[2])) if dags else (),
        certain=dags is None or not dags[1],
        airflow=(airflow[1], int(airflow[2])) if airflow else None,
    )


def _expectations(text: str) -> Iterable[Expected]:
    for number, line in enumerate(text.split("\n"), start=1):
        for kind, checks, rest in _COMMENT.findall(line):
            if checks != "nothing":
                placed = "@here" in rest or "@near" in rest
                yield Expected(
                    checks=tuple(checks.split("|")),
                    line=number if placed else None,
                    slack=_NEAR if "@near" in rest else 0,
                    contains=tuple(_CONTAINS.findall(rest)),
                    needed=kind == "expect",
                )


def _ids(listed: str) -> Iterable[str]:
    for item in filter(None, (part.strip() for part in listed.split(","))):
        prefix, _, count = item.partition("*")
        if count:
            yield from (f"{prefix}{number}" for number in range(int(count)))
        else:
            yield item


def dag_differences(file: CorpusFile, found: Counter[str]) -> list[str]:
    """Return which DAGs of one file were reported too much, too little or twice; nothing if all is as expected."""
    wanted = Counter(file.dags)
    if "*" in wanted:
        return []
    problems = [f"DAG not expected: {dag_id!r}" for dag_id in (found - wanted).elements()]
    return problems + [f"DAG not reported: {dag_id}" for dag_id in (wanted - found).elements() if file.certain]


def differences(file: CorpusFile, found: Sequence[Reported]) -> list[str]:
    """Return what was reported too much and too little for one file, in words; nothing if all is as expected."""
    open_ones = sorted(file.expected, key=lambda e: (not e.needed, e.line is None, not e.contains))
    problems = []
    for finding in found:
        fitting = next((expected for expected in open_ones if expected.fits(finding)), None)
        if fitting is None:
            problems.append(f"not expected: {finding}")
        else:
            open_ones.remove(fitting)
    return problems + [f"not reported: {expected}" for expected in open_ones if expected.needed]
