"""What a file did and left behind, as the events of its record."""

from __future__ import annotations

from dagcheck.probe.sources import likely_line
from dagcheck.record import Event
from dagcheck.sandbox.ledger import Ledger
from dagcheck.sandbox.surroundings import Trace

_PROVISIONAL = ("environment", "working-directory", "thread")  # they count only if they outlast the file
# By which a library asks as it is imported what machine this is: those of `platform` and `ctypes.util`.
_ASKING = frozenset({"uname", "file", "ldconfig", "gcc", "cc", "objdump", "ld"})


def events(ledger: Ledger, traces: list[Trace], file: str, path: str) -> list[Event]:
    """Join what was seen happening with what was found changed afterwards, each at its line.

    What a library does for itself as it is imported is not the file's doing: variables, caches, asking for the machine.
    """
    found = [
        Event(kind=kind, detail=detail, file=at, line=line, refused=refused, count=count)  # type: ignore[arg-type]
        for (kind, detail, at, line, refused), count in ledger.entries()
        if kind not in _PROVISIONAL and not (_is_harmless(kind, detail) and ledger.is_by_import(kind, detail))
    ]
    traces = [trace for trace in traces if not ledger.is_by_import(trace.kind, trace.detail)]
    guesses: dict[str, int] = {}  # one for all of a kind: they are one finding
    for trace in traces:
        if trace.kind not in guesses and (guess := likely_line(path, trace.kind, trace.detail)):
            guesses[trace.kind] = guess
    for trace in traces:
        at, line = ledger.place_of(trace.kind, trace.detail)
        if line is None:
            at, line = file, guesses.get(trace.kind)
        found.append(Event(kind=trace.kind, detail=trace.detail, file=at or file, line=line))  # type: ignore[arg-type]
    return found


def _is_harmless(kind: str, detail: str) -> bool:
    return kind == "file" or (kind == "process" and detail.partition(" ")[0].rpartition("/")[2] in _ASKING)
