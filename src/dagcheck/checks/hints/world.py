"""What production has and this machine has not: Variables, Connections, environment, files, network."""

from __future__ import annotations

import re

from dagcheck.checks.events import is_fatal
from dagcheck.checks.hints.hint import Hint
from dagcheck.checks.hints.lines import kind, last_text
from dagcheck.checks.places import is_absolute
from dagcheck.checks.wording import name as shown
from dagcheck.record import FileRecord, Raised

# models/variable.py of 2.x and 3.x; the SDK's own error is an AirflowRuntimeError that names an error type
_VARIABLE = re.compile(r"\bVariable ([^\s']+) does not exist|\bVARIABLE_NOT_FOUND: \{'message': '(\S+) not found")
_CONNECTION = re.compile(r"\bconn_id `([^`]+)` isn't defined|\bCONNECTION_NOT_FOUND: \{'message': '(\S+) not found")
_UNREACHABLE = re.compile(
    r"Connection refused|Name or service not known|name resolution|could not translate host name|Network is unreachable"
)
_ENVIRONMENT = re.compile(r"\benviron\b|\bgetenv\b")
_FROM_LINE = re.compile(r"(?:environ(?:\.get)?|getenv)\s*[(\[]\s*['\"](\w+)['\"]")
_NONE = re.compile(r"NoneType")
_NETWORK = frozenset({
    "ConnectError", "ConnectTimeout", "ConnectionError", "ConnectionRefusedError", "EndpointConnectionError",
    "GiveUpError", "MaxRetryError", "NameResolutionError", "NetworkRefusedError", "NewConnectionError",
    "ServerNotFoundError", "TransportError", "URLError", "gaierror",
})  # fmt: skip
_CREDENTIALS = frozenset({"DefaultCredentialsError", "NoCredentialsError", "NoRegionError", "ProfileNotFound",
                          "RefreshError", "PartialCredentialsError", "CredentialUnavailableError"})  # fmt: skip


def variable(raised: Raised, _: FileRecord) -> Hint | None:
    """A Variable that is not declared."""
    found = _VARIABLE.search(raised.message)
    return _variable(found[1] or found[2]) if found else None


def connection(raised: Raised, _: FileRecord) -> Hint | None:
    """A Connection that is not declared."""
    found = _CONNECTION.search(raised.message)
    return _connection(found[1] or found[2]) if found else None


def environment(raised: Raised, _: FileRecord) -> Hint | None:
    """An environment variable that is not set, and so is a KeyError, or None where a text was expected."""
    text = last_text(raised)
    if not _ENVIRONMENT.search(text) or not (kind(raised) == "KeyError" or _NONE.search(raised.message)):
        return None
    found = _FROM_LINE.search(text)
    key = raised.name or (found[1] if found else None) if kind(raised) == "KeyError" else found[1] if found else None
    entry = f'{shown(key)} = "..."' if key else 'NAME = "..."'
    return Hint(
        f"the environment variable {shown(key)} is not set here" if key else "an environment variable is not set here",
        f"give it a default in the file, or declare it under [tool.dagcheck.environment]: {entry}",
    )


def network(raised: Raised, _: FileRecord) -> Hint | None:
    """A connection that failed, or credentials that are not there."""
    if kind(raised) in _CREDENTIALS:
        return Hint(
            "the module level looks for cloud credentials, and this machine has none",
            "create the client inside the task that uses it",
        )
    if kind(raised) not in _NETWORK and not _UNREACHABLE.search(raised.message[:2000]):
        return None
    return Hint(
        "the file needs the network to be parsed, so an outage takes its DAGs away",
        "move the call into a task; to load the file meanwhile, list the host under [tool.dagcheck] allow_network",
    )


def refused_write(raised: Raised, _: FileRecord) -> Hint | None:
    """A file written while parsing."""
    if kind(raised) != "WriteRefusedError":
        return None
    return _write()


def missing_file(raised: Raised, _: FileRecord) -> Hint | None:
    """A file that only another machine has."""
    if kind(raised) not in {"FileNotFoundError", "NotADirectoryError"}:
        return None
    path = raised.name or ""
    base = shown(re.split(r"[/\\]", path.rstrip("/\\"))[-1]) if path else "the_file"
    fix = f'build the path from the DAG file: Path(__file__).parent / "{base}"'
    if is_absolute(path):
        return Hint("the path is absolute, and this machine does not have it", fix)
    return Hint("a relative path starts at the working directory, which is not the DAG file's folder", fix)


def refused_event(record: FileRecord) -> Hint | None:
    """Return the remedy for what the sandbox did not answer, where the exception itself says nothing."""
    for event in record.events:
        if is_fatal(event, record.failure):
            if event.kind == "variable":
                return _variable(event.detail)
            if event.kind == "connection":
                return _connection(event.detail)
            if event.kind == "file":
                return _write()
    return None


def _variable(key: str) -> Hint:
    return Hint(
        f"Variable {shown(key)} is read while parsing and is not declared",
        "declare it under [tool.dagcheck.variables], or list the JSON file that has it under [tool.dagcheck] "
        "variables_files; better, read it inside a task",
    )


def _connection(conn_id: str) -> Hint:
    return Hint(
        f"Connection {shown(conn_id)} is read while parsing and is not declared",
        "declare it under [tool.dagcheck.connections], or list the file that has it under [tool.dagcheck] "
        "connections_files; better, read it inside a task",
    )


def _write() -> Hint:
    return Hint(
        "the file writes while it is parsed, and the sandbox lets it write to the temporary directory alone",
        "write inside a task; to load the file meanwhile, list the path under [tool.dagcheck] allow_writes",
    )
