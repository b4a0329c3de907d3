"""Which errors waiting may heal, and which it will not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Verdict = Literal["retry", "fail", "skip"]
NOT_THERE_YET = 404
TOO_MANY_REQUESTS = 429
SERVER_ERRORS = 500


def verdict_on_status(status: int) -> Verdict:
    """Return what an HTTP status of 400 and more asks for."""
    if status == NOT_THERE_YET:
        return "skip"
    return "retry" if status == TOO_MANY_REQUESTS or status >= SERVER_ERRORS else "fail"


def verdict(error: BaseException) -> Verdict:
    """Return what an error asks for.

    An error with an HTTP response is judged by its status. Of the others, data of the wrong form and missing rights
    fail; everything else (the network, a full disk, what nobody foresaw) may heal.
    """
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None:
        return verdict_on_status(status)
    return "fail" if isinstance(error, (ValueError, TypeError, LookupError, PermissionError)) else "retry"


@contextmanager
def judged() -> Iterator[None]:
    """Let a task end as the error deserves: AirflowFailException, AirflowSkipException, or the error itself."""
    from common.compat import AirflowFailException, AirflowSkipException

    try:
        yield
    except (AirflowFailException, AirflowSkipException):
        raise
    except Exception as error:
        asked = verdict(error)
        if asked == "retry":
            raise
        kind = AirflowFailException if asked == "fail" else AirflowSkipException
        raise kind(f"{type(error).__name__}: {error}") from error
