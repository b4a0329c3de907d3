"""A hook for an HTTP API that answers in pages and limits how often it may be asked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from airflow.providers.http.hooks.http import HttpHook

TOO_MANY = 429
MOST_PATIENCE = 60.0
Row = dict[str, Any]


class MalformedAnswerError(ValueError):
    """The API answered with something that is not a page; the text says what, and where."""


class RateLimitedError(ConnectionError):
    """The API still refuses after all tries."""


class PagedApiHook(HttpHook):
    """HttpHook for `{"items": [...], "next": "cursor" or null}`; the cursor goes back as `?cursor=`.

    Every request has a timeout. Where the API says 429 it waits as long as `Retry-After` says, a minute at most, and
    tries again, `tries` times in all. Anything else that is no page raises MalformedAnswerError or what HttpHook
    raises: half a table is worse than none, so rows are only complete when the iterator ends without an error.
    """

    def __init__(self, http_conn_id: str, *, timeout: float = 10, tries: int = 5) -> None:
        super().__init__(method="GET", http_conn_id=http_conn_id)
        self._timeout = timeout
        self._tries = tries

    def rows(self, endpoint: str, **query: str | int) -> Iterator[Row]:
        """Yield the items of all pages, in order."""
        cursor: str | None = None
        seen: set[str | None] = set()
        while cursor not in seen:
            seen.add(cursor)
            page = self._page(endpoint, {**query, **({"cursor": cursor} if cursor else {})})
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return
        raise MalformedAnswerError(f"{endpoint}: cursor {cursor!r} comes back for ever")

    def _page(self, endpoint: str, query: Mapping[str, str | int]) -> dict[str, Any]:
        for _ in range(self._tries):
            answer = self.run(
                endpoint, data=dict(query), extra_options={"timeout": self._timeout, "check_response": False}
            )
            if answer.status_code != TOO_MANY:
                self.check_response(answer)
                return _checked(endpoint, answer)
            time.sleep(_patience(answer.headers.get("Retry-After")))
        raise RateLimitedError(f"{endpoint}: refused {self._tries} times")


def _patience(retry_after: str | None) -> float:
    try:
        return min(max(float(retry_after or 1), 0.0), MOST_PATIENCE)
    except ValueError:  # the header may be a date
        return MOST_PATIENCE


def _checked(endpoint: str, answer: Any) -> dict[str, Any]:
    try:
        page = answer.json()
    except ValueError as error:
        raise MalformedAnswerError(f"{endpoint}: no JSON: {answer.text[:80]!r}") from error
    items, following = (page.get("items"), page.get("next")) if isinstance(page, dict) else (None, None)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise MalformedAnswerError(f"{endpoint}: no list of items: {str(page)[:80]!r}")
    if not isinstance(following, (str, type(None))):
        raise MalformedAnswerError(f"{endpoint}: next is {following!r}, not a cursor")
    return {"items": items, "next": following or None}
