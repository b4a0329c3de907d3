"""When a failed try is repeated, on the virtual clock."""

from __future__ import annotations

import datetime
import hashlib
import math

from dagcheck.running.graph import Retries


def retry_delay(retries: Retries, identity: str, try_number: int, *, counts_next: bool = False) -> datetime.timedelta:
    """Return how long after the failure of try `try_number` the next one may start.

    As TaskInstance.next_retry_datetime (models/taskinstance.py, 2.7 to 3.3). With backoff the delay is jittered, but
    always alike for the same `identity`, which is `dag_id#task_id#logical_date`.
    """
    if retries.backoff in {0.0, 1.0} or retries.backoff < 0:
        return retries.delay
    ceiling = int(retries.ceiling.total_seconds())
    try:
        shortest = max(1, math.ceil(retries.delay.total_seconds() * retries.backoff ** (try_number - 1)))
    except OverflowError:
        shortest = ceiling
    drawn_for = try_number + 1 if counts_next else try_number
    digest = hashlib.sha1(f"{identity}#{drawn_for}".encode(), usedforsecurity=False).hexdigest()
    delay = datetime.timedelta(seconds=min(shortest + int(digest, 16) % shortest, ceiling))
    return min(retries.longest, delay) if retries.longest else delay
