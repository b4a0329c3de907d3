"""A circuit breaker whose state is an Airflow Variable, so that every worker and every run sees the same circuit.

Closed: calls go through, failures in a row are counted. Open: no call is made. Half-open, once the recovery time has
passed: one probe is made; success closes the circuit, failure opens it again for as long.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

log = logging.getLogger(__name__)


class CircuitOpenError(Exception):
    """The circuit is open: the call was not made."""


@dataclass(frozen=True)
class Circuit:
    """The state: failures in a row, and since when the circuit is open (with its timezone), None while closed."""

    failures: int = 0
    opened_at: datetime | None = None

    def before_call(self, now: datetime, recovery: timedelta) -> Circuit:
        """Return the state during the call; raises CircuitOpenError where none may be made.

        A probe opens the circuit anew before it calls: a second worker then makes no probe of its own, and if the
        first one dies over it, the next probe comes after another recovery time.
        """
        if self.opened_at is None:
            return self
        if now - self.opened_at < recovery:
            raise CircuitOpenError(f"open since {self.opened_at.isoformat()} after {self.failures} failures in a row")
        return replace(self, opened_at=now)

    def after_failure(self, now: datetime, threshold: int) -> Circuit:
        """Return the state after a failed call: open at the threshold, and after any failed probe."""
        failures = self.failures + 1
        opens = failures >= threshold or self.opened_at is not None
        return Circuit(failures, now if opens else None)

    def to_json(self) -> str:
        """Return what is stored."""
        return json.dumps({"failures": self.failures, "opened_at": self.opened_at and self.opened_at.isoformat()})

    @classmethod
    def from_json(cls, text: str) -> Circuit:
        """Return the state that is stored; what nobody can read (edited by hand) counts as closed and is logged.

        The circuit protects the work and must not itself be what stops it.
        """
        try:
            stored = json.loads(text)
            opened_at = stored["opened_at"] and datetime.fromisoformat(stored["opened_at"])
            if opened_at and opened_at.tzinfo is None:
                raise ValueError("a time without its timezone")  # noqa: TRY301 - told with the other unreadable ones
            return cls(int(stored["failures"]), opened_at or None)
        except (ValueError, TypeError, KeyError) as error:
            log.warning("the circuit's state %r is unreadable (%s): taken as closed", text, error)
            return cls()


@contextmanager
def circuit(variable: str, *, threshold: int, recovery: timedelta) -> Iterator[None]:
    """Guard the call inside of the block; raises CircuitOpenError instead of entering it while the circuit is open.

    Two workers that fail at the same moment may count as one: a Variable cannot be changed atomically. Let only one
    instance of the task run at a time where that matters.
    """
    from common.compat import Variable

    before = Circuit.from_json(Variable.get(variable, Circuit().to_json()))
    during = before.before_call(_now(), recovery)
    if during != before:
        Variable.set(variable, during.to_json())
    try:
        yield
    except Exception:
        Variable.set(variable, during.after_failure(_now(), threshold).to_json())
        raise
    if during != Circuit():
        Variable.set(variable, Circuit().to_json())


def _now() -> datetime:
    return datetime.now(timezone.utc)
