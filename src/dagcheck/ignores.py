"""Which findings the user ignores, by comment or by rule, and which of his ignores are of no use."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from dagcheck.comments import Comment, SourceComments, read_comments
from dagcheck.config_sources import FILE
from dagcheck.errors import nearest
from dagcheck.findings import Finding
from dagcheck.patterns import in_folder

CHECK = "unused-ignore"
_Place = tuple[str, int] | int  # a comment's file and line, or a rule's number
_WHY = "it hides nothing today, and would hide a new finding tomorrow"


class IgnoreRule(Protocol):
    """A table of `ignore` in the configuration; without `check` it is for every check."""

    @property
    def check(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def folder(self) -> str | None: ...  # noqa: D102
    @property
    def dag(self) -> str | None: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102


class Ignores:
    """The ignores of one run; remembers which were used.

    `checks` are the names of all checks, `active` of those that ran (default: all): an ignore for another one
    cannot be judged. `known_files` are the DAG files of the whole folder, run or not.
    """

    def __init__(
        self,
        rootdir: Path,
        rules: Sequence[IgnoreRule],
        checks: Collection[str],
        known_files: Collection[str],
        active: Collection[str] | None = None,
    ) -> None:
        self._rootdir = rootdir
        self._rules = rules
        self._checks = checks
        self._active = checks if active is None else active
        self._known_files = frozenset(known_files)
        self._sources: dict[str, SourceComments] = {}
        self._used: set[tuple[_Place, str]] = set()  # with the check's name, "" for a rule that names none

    def covers(self, finding: Finding) -> str | None:
        """Return the reason to ignore a finding, or None if there is none."""
        for comment in self._source(finding.file).for_line(finding.line or 0):
            if finding.check in comment.names:
                self._used.add(((finding.file, comment.line), finding.check))
                return comment.reason or "no reason given"
        for number, rule in enumerate(self._rules):
            if _applies(rule, finding):
                self._used.add((number, finding.check if rule.check else ""))
                return rule.reason
        return None

    def unused(self, files: Iterable[str]) -> list[Finding]:
        """Return a finding for each ignore that matched nothing, names no check or gives no reason.

        `files` are those that were loaded and checked in full in this run; call it after all calls of `covers`.
        """
        run = set(files)
        helpers = set(self._sources) if self._known_files <= run else set()  # modules with findings, but no DAG files
        found = [finding for file in sorted(run | helpers) for finding in self._unused_comments(file, run)]
        return found + [finding for number in range(len(self._rules)) for finding in self._unused_rule(number, run)]

    def _source(self, file: str) -> SourceComments:
        if file not in self._sources:
            self._sources[file] = read_comments(self._rootdir / file)
        return self._sources[file]

    def _unused_comments(self, file: str, run: set[str]) -> Iterator[Finding]:
        idle = []
        for comment in self._source(file).comments:
            yield from _malformed(file, comment)
            for name in comment.names:
                if name not in self._checks:
                    yield _finding(file, comment.line, f"ignore names no check: {name!r}", "", self._meant(name))
                elif self._unmatched((file, comment.line), name, comment.names):
                    idle.append(_finding(file, comment.line, f"ignore[{name}] matches nothing", _WHY))
        if idle and not self._imported_elsewhere(file, run):
            yield from idle

    def _meant(self, name: str) -> str:
        like = nearest(name, self._checks)
        return f"did you mean {like}?" if like else "--dagcheck-list shows the names"

    def _unmatched(self, place: _Place, name: str, names: Collection[str]) -> bool:
        """Tell whether an ignore matched nothing that it could have; one that names our own check may be idle."""
        return (place, name) not in self._used and CHECK not in names and (not name or name in self._active)

    def _imported_elsewhere(self, file: str, run: set[str]) -> bool:
        """Tell whether a file that did not run may import this one, and so make findings in it."""
        module = re.compile(rb"\b%s\b" % re.escape(os.fsencode(Path(file).stem)))
        others = (self._rootdir / other for other in self._known_files - run)
        return any(module.search(_bytes(path)) for path in others)

    def _unused_rule(self, number: int, run: set[str]) -> Iterator[Finding]:
        rule = self._rules[number]
        concerned = {file for file in self._known_files if rule.folder is None or in_folder(file, rule.folder)}
        if not (concerned or self._known_files) <= run:
            return
        for name in rule.check or ("",):
            about = f"ignore rule for {_subject(rule, name)}"
            if name and name not in self._checks:
                yield _finding(FILE, self._rule_line(rule), f"{about} names no check", "", self._meant(name))
            elif self._unmatched(number, name, rule.check):
                yield _finding(FILE, self._rule_line(rule), f"{about} matches nothing", _WHY)

    def _rule_line(self, rule: IgnoreRule) -> int | None:
        """Return the line that holds the rule's reason, if there is just one: TOML readers tell no lines."""
        lines = _bytes(self._rootdir / FILE).decode(errors="replace").splitlines()
        found = [number for number, line in enumerate(lines, 1) if rule.reason in line]
        return found[0] if len(found) == 1 else None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() else b""
    except OSError:
        return b""


def _applies(rule: IgnoreRule, finding: Finding) -> bool:
    return (
        (not rule.check or finding.check in rule.check)
        and (rule.folder is None or in_folder(finding.file, rule.folder))
        and (rule.dag is None or (finding.dag_id is not None and fnmatchcase(finding.dag_id, rule.dag)))
    )


def _subject(rule: IgnoreRule, name: str) -> str:
    return ", ".join(filter(None, (name, rule.folder, rule.dag)))


def _malformed(file: str, comment: Comment) -> Iterator[Finding]:
    if not comment.names:
        yield _finding(file, comment.line, "ignore names no check", "", "write # dagcheck: ignore[check-name] reason")
    elif not comment.reason:
        named = ", ".join(comment.names)
        yield _finding(file, comment.line, f"ignore[{named}] gives no reason", "", "say why, after the bracket")


def _finding(file: str, line: int | None, what: str, why: str, fix: str = "") -> Finding:
    return Finding(check=CHECK, file=file, line=line, what=what, why=why, fix=fix or "correct it or delete it")
