"""Answers for a mocked HttpHook: real response objects, so that all of their methods are there."""

from __future__ import annotations

import json
from typing import Any


def response(value: Any = None, *, status: int = 200, text: str | None = None) -> Any:
    """Return a `requests.Response` with a JSON body, or with a text as it is."""
    import requests

    made = requests.Response()
    made.status_code = status
    made._content = (json.dumps(value) if text is None else text).encode()  # noqa: SLF001 - no public way to set it
    return made
