"""What parsing did, put together per line, for the checks of that family."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from dagcheck.checks.places import own_file
from dagcheck.checks.wording import chain_lines, listing, raised_line
from dagcheck.record import Event, EventKind, Failure, FileRecord

# Events whose own check is an error unless configured otherwise: after such a refusal it tells the failure.
TELLING: dict[EventKind, str] = {
    "network": "parse-network",
    "database": "parse-database",
    "process": "parse-subprocess",
    "signal": "parse-subprocess",
}


@dataclass(slots=True, kw_only=True)
class Deed:
    """All events of one kind at one line; `fatal` is the failure, if refusing one of them is why the file failed."""

    kind: EventKind
    file: str
    line: int | None
    details: list[str] = field(default_factory=list)
    fatal: Failure | None = None

    @property
    def listed(self) -> str:
        """The details, the first few by name."""
        return listing(self.details)

    @property
    def told_as_import_error(self) -> bool:
        """True if the refusal ended the file and this check alone, a warning, would leave the run green."""
        return self.fatal is not None and self.fatal.kind == "refused" and self.kind not in TELLING

    @property
    def proof(self) -> tuple[str, ...]:
        """How the file ended, where this deed cost it its DAGs."""
        if self.fatal is None or self.fatal.kind != "refused":
            return ()
        chain = self.fatal.chain
        ending = f" with {raised_line(chain[0])}" if chain else ""
        return f"the sandbox refused it, and the file ended{ending}", *chain_lines(chain)


def deeds(record: FileRecord, *kinds: EventKind) -> Iterator[Deed]:
    """Yield the events of these kinds, one `Deed` per kind and line, in the order in which they happened."""
    found: dict[tuple[str, str | None, int | None], Deed] = {}
    for event in record.events:
        if event.kind in kinds:
            new = Deed(kind=event.kind, file=own_file(event.file, record.file), line=event.line)
            deed = found.setdefault((event.kind, event.file, event.line), new)
            deed.details.append(event.detail)
            if is_fatal(event, record.failure):
                deed.fatal = record.failure
    yield from found.values()


def is_fatal(event: Event, failure: Failure | None) -> bool:
    """True if the sandbox refused the event on a line that the failure's traceback goes through."""
    if failure is None or failure.kind not in {"exception", "refused"}:
        return False
    if not event.refused and event.kind != "database":  # which is never let through
        return False
    places = {(frame.file, frame.line) for raised in failure.chain for frame in raised.frames}
    return (event.file, event.line) in places or (not places and failure.kind == "refused")


def told_by_an_event(record: FileRecord, deciding: Collection[str]) -> bool:
    """True if the failure is a refusal that the check of its event reports, as an error of its own."""
    failure = record.failure
    if failure is None or failure.kind != "refused":
        return False
    return any(TELLING.get(event.kind) in deciding and is_fatal(event, failure) for event in record.events)
