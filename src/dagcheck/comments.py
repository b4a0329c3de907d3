"""The `# dagcheck: ignore[name] reason` comments of a source file, and the lines that each one speaks for."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MARK = b"dagcheck:"
_COMMENT = re.compile(r"#\s*dagcheck:\s*ignore\b(?:\[(?P<names>[^\]]*)\])?(?P<reason>.*)")
_NEXT_COMMENT = re.compile(r"\s#\s.*")
_SILENT = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: its line, the checks it names (none: it is malformed), and its reason, perhaps empty."""

    line: int
    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class SourceComments:
    """The comments of one file, and its spans of several lines: whole statements, and brackets with what opens them."""

    comments: tuple[Comment, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    def for_line(self, line: int) -> Iterator[Comment]:
        """Yield the comments that speak for what was created at a line, the nearest first."""
        end = max((last for first, last in self.spans if first == line), default=line)
        yield from (comment for comment in self.comments if line <= comment.line <= end)


def read_comments(path: Path) -> SourceComments:
    """Return the comments of a file; none if it cannot be read or is not Python."""
    try:
        source = path.read_bytes() if path.is_file() else b""
    except OSError:
        return SourceComments()
    return parse_comments(source) if _MARK in source else SourceComments()


def parse_comments(source: bytes) -> SourceComments:
    """Return the comments in Python source code; none if it is not."""
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(source).readline))
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError, MemoryError):
        return SourceComments()
    comments = (_comment(token) for token in tokens if token.type == tokenize.COMMENT)
    return SourceComments(tuple(found for found in comments if found), tuple(_spans(tokens)))


def _comment(token: tokenize.TokenInfo) -> Comment | None:
    found = _COMMENT.search(token.string)
    if not found:
        return None
    names = tuple(name.strip() for name in (found["names"] or "").split(",") if name.strip())
    reason = _NEXT_COMMENT.sub("", found["reason"])
    return Comment(token.start[0], names, reason.strip(" \t-:\N{EN DASH}\N{EM DASH}"))


def _spans(tokens: list[tokenize.TokenInfo]) -> Iterator[tuple[int, int]]:
    """Yield first and last line of every statement (of a block: its head) and every bracket on several lines.

    Tokens tell this without a parse, which a hostile file could make crash.
    """
    start: int | None = None
    opened: list[int] = []
    for token in tokens:
        if token.type == tokenize.OP and token.string in "([{":
            opened.append(token.start[0])
        elif token.type == tokenize.OP and token.string in ")]}" and opened:
            yield from _several(opened.pop(), token.end[0])
        if token.type == tokenize.NEWLINE:
            yield from _several(start or token.start[0], token.start[0])
            start = None
        elif start is None and token.type not in _SILENT:
            start = token.start[0]


def _several(first: int, last: int) -> Iterator[tuple[int, int]]:
    if last > first:
        yield first, last
