"""A request to the API, and how a page of a list is asked for and given."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dagcheck.hooks.bigquery.api.errors import invalid

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request: `path` has the names in the URL, `query` what follows its question mark, `headers` are Like-This."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    endpoint: str = ""

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the content."""
        try:
            found = json.loads(self.content or b"{}")
        except ValueError:
            raise invalid("Parse Error: the body is not JSON") from None
        if not isinstance(found, dict):
            raise invalid("Invalid JSON payload received: an object is expected")
        return found

    def number(self, name: str) -> int | None:
        """Return a number of the query; None where it is not given."""
        text = self.query.get(name)
        if text is None:
            return None
        if not text.isdecimal():
            raise invalid(f"Invalid value for {name}: {text}")
        return int(text)

    def flag(self, name: str) -> bool:
        """Return a boolean of the query."""
        return self.query.get(name, "").lower() == "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that is more than a resource with status 200."""

    body: Mapping[str, Any] | bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def page(items: Sequence[_T], request: Request, of: str, size: int, start: int = 0) -> tuple[Sequence[_T], str | None]:
    """Return the page that is asked for, and the token of the next one; `of` names the list.

    A token is good for its own list alone, as BigQuery's are.
    """
    token = request.query.get("pageToken")
    first = _offset(token, of) if token else (request.number("startIndex") or start)
    wanted = request.number("maxResults")
    last = first + (size if wanted is None else min(wanted, size))
    return items[first:last], (f"{of}:{last}".encode().hex() if last < len(items) else None)


def _offset(token: str, of: str) -> int:
    try:
        name, _, offset = bytes.fromhex(token).decode().rpartition(":")
        if name == of:
            return int(offset)
    except ValueError:
        pass
    raise invalid(f"Invalid value for pageToken: {token}")
