"""The baseline: findings recorded one day, so that only new ones fail.

An entry is known by check, file, DAG, task and what is wrong; not by line, which moves when the file changes, nor by
measured amounts. The same finding twice is an entry with count 2.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dagcheck.errors import ConfigError
from dagcheck.findings import Finding, printable

CHECK = "stale-baseline"
_VERSION = 1
_NOTE = "Findings that do not fail a run of pytest --dagcheck; written by --dagcheck-write-baseline."
# Parts of a message that differ from run to run: lines, memory addresses, measured amounts.
_MOVING = [
    (re.compile(r"(?<=\.py:)[0-9]+|(?<=\bline )[0-9]+"), "N"),
    (re.compile(r"(?<=\b0x)[0-9a-fA-F]+"), "N"),
    (re.compile(r"\b[0-9]+(?:\.[0-9]+)?(?=\s?(?:s|ms|seconds?|[KMG]iB|MB)\b)"), "N"),
]


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What two findings have in common that are the same one; sorted as findings are."""

    file: str
    dag: str
    task: str
    check: str
    what: str

    @classmethod
    def of(cls, finding: Finding) -> Entry:
        """Return the entry of a finding."""
        what = finding.what
        for pattern, letter in _MOVING:
            what = pattern.sub(letter, what)
        parts = (finding.file, finding.dag_id or "", finding.task_id or "", finding.check, what)
        return cls(*(printable(part) for part in parts))


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a baseline file holds: how often each entry is known."""

    counts: Mapping[Entry, int]

    def split(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
        """Return the new findings and the known ones, each sorted; of more than are known, the last are new."""
        left = Counter(self.counts)
        new: list[Finding] = []
        known: list[Finding] = []
        for finding in sorted(findings, key=lambda one: one.sort_key):
            entry = Entry.of(finding)
            (known if left[entry] > 0 else new).append(finding)
            left[entry] -= 1
        return new, known

    def stale(self, findings: Iterable[Finding], files: Collection[str], rootdir: Path | None = None) -> list[Finding]:
        """Return a finding for each entry that is listed more often than found.

        Only entries of `files` count, those checked in full in this run; with a rootdir, also those whose file is
        not there any more.
        """
        there = Counter(map(Entry.of, findings))
        return [
            _stale(entry, count, there[entry])
            for entry, count in sorted(self.counts.items())
            if there[entry] < count and _judged(entry, files, rootdir)
        ]


def read(path: Path) -> Baseline:
    """Return the baseline in a file; raises ConfigError if there is none or it is malformed."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Baseline(dict(_entries(content)))
    except FileNotFoundError:
        raise ConfigError(f"baseline {path}: there is no such file; --dagcheck-write-baseline writes it") from None
    except OSError as error:
        raise ConfigError(f"baseline {path}: cannot be read: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise ConfigError(f"baseline {path}: is not JSON: line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"baseline {path}: {error}") from None


def write(
    path: Path,
    findings: Iterable[Finding],
    files: Collection[str],
    previous: Baseline | None = None,
    rootdir: Path | None = None,
) -> Baseline:
    """Record the findings in a file, replacing it at once, and return what it holds.

    Entries of the previous baseline whose file was not in this run (`files`) are kept, so that the shards of a run
    add up; with a rootdir, not those whose file is gone. Raises ConfigError if the file cannot be written.
    """
    counts = Counter(Entry.of(finding) for finding in findings if finding.check != CHECK)
    for entry, count in previous.counts.items() if previous else ():
        if not _judged(entry, files, rootdir):
            counts[entry] = max(counts[entry], count)
    entries = [{**dataclasses.asdict(entry), "count": count} for entry, count in sorted(counts.items())]
    content = {"version": _VERSION, "note": _NOTE, "findings": entries}
    _replace(path.resolve(), json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return Baseline(dict(counts))


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise ConfigError(f"baseline {path}: cannot be written: {error.strerror}") from None


def _entries(content: object) -> Iterator[tuple[Entry, int]]:
    """Yield the entries of a parsed file; raises ValueError on anything that `write` does not write."""
    if not isinstance(content, dict) or not isinstance(content.get("findings"), list):
        raise ValueError("expected a table with a list of findings")  # noqa: TRY004 - one kind for the caller
    if content.get("version") != _VERSION:
        raise ValueError(f"is of version {content.get('version')!r}, this dagcheck reads version {_VERSION}")
    names = [field.name for field in dataclasses.fields(Entry)]
    for number, found in enumerate(content["findings"]):
        item = found if isinstance(found, dict) else {}
        texts = [text for text in map(item.get, names) if isinstance(text, str)]
        count = item.get("count")
        if len(texts) < len(names) or type(count) is not int or count < 1:
            raise ValueError(f"findings[{number}]: expected the texts {', '.join(names)} and a count from 1")
        yield Entry(*texts), count


def _judged(entry: Entry, files: Collection[str], rootdir: Path | None) -> bool:
    return entry.file in files or (rootdir is not None and not _exists(rootdir / entry.file))


def _exists(path: Path) -> bool:
    """Tell whether a file is there; a member of a zip archive is taken to be if the archive is."""
    return path.exists() or any(parent.is_file() for parent in path.parents)


def _stale(entry: Entry, listed: int, found: int) -> Finding:
    gone = f"{listed} times what is there {found} times" if found else "what is not there any more"
    return Finding(
        check=CHECK,
        file=entry.file,
        dag_id=entry.dag or None,
        task_id=entry.task or None,
        what=f"the baseline lists {gone}: {entry.what} [{entry.check}]",
        why="the entry would let the same mistake come back unseen",
        fix="write the baseline anew with --dagcheck-write-baseline",
    )
