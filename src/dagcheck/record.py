"""What happened when one DAG file was loaded: the facts that the probe sends and the checks judge.

Plain frozen data, JSON both ways; `decode` validates, so that nothing malformed gets past the process border.
Paths as in `dagcheck.spec`; lines are 1-based; a file or line of None means that no code of the user's was on
the stack.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any, Literal

from dagcheck.spec import DagSpec, ExternalRef, TaskSpec  # noqa: F401 -- pydantic 2.4 looks in this module alone

EventKind = Literal[
    "network",  # connect, bind to a foreign address or name look-up; detail: host or host:port
    "database",  # the metadata DB
    "variable",  # detail: the key
    "connection",  # detail: the conn_id
    "process",  # a process started or forked; detail: the command
    "signal",  # a signal sent to another process; detail: signal and target
    "file",  # a file written, moved or removed; detail: the path
    "environment",  # a variable set, changed or deleted; detail: its name
    "sys-path",  # detail: the entries added or removed
    "working-directory",  # detail: the new one
    "signal-handler",  # detail: the signal's name
    "thread",  # a thread that is still alive after loading; detail: its name
    "child-process",  # a child that is still alive after loading; detail: its pid's command
    "exit-handler",  # an atexit handler left behind
    "module",  # a module removed from sys.modules, or replaced there; detail: its name
    "patch",  # Airflow or the standard library changed in place; detail: the attribute
    "sleep",  # time.sleep while parsing; detail: seconds
]

FailureKind = Literal["exception", "exit", "timeout", "crash", "memory", "refused", "forged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame of the user's own code; `text` is the source line, stripped."""

    file: str
    line: int
    function: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception: qualified type name (`builtins.` left out), message, the user's frames, outermost first."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    name: str | None = None  # ImportError.name, KeyError's key, AttributeError.name, OSError.filename


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a file gave no DAGs.

    `exception`: something was raised; `chain` holds the exception shown last first, then its causes.
    `exit`: SystemExit or os._exit; `status` is the exit status. `crash`: killed by signal `status`.
    `timeout`: `status` is the limit in seconds. `memory`: over the limit in MiB, `status`.
    `forged`: the process wrote to dagcheck's own channel, closed it, or patched dagcheck out of working order.
    `refused`: the exception is the sandbox's own refusal, already told as an event.
    """

    kind: FailureKind
    chain: tuple[Raised, ...] = ()
    frames: tuple[Frame, ...] = ()
    status: int | None = None
    output: str = ""  # the last lines that the process printed, for a crash
    member: str | None = None  # the member of a zip archive that failed, as `archive/member.py`


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that parsing did, at the user's line; `refused` if the sandbox did not let it happen."""

    kind: EventKind
    detail: str
    file: str | None = None
    line: int | None = None
    refused: bool = False
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """A deprecation warning that Airflow or a provider raised while the file loaded."""

    category: str
    message: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A DAG that the file made but Airflow refuses (bad timetable, cycle, cluster policy, ...)."""

    dag_id: str
    type: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a slow import spent its time on: a module or a user's line, and its own seconds."""

    what: str
    seconds: float
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A reason why a file without DAGs was perhaps meant to have some.

    `uncalled`: a function decorated with @dag that nobody called; `name` is the function's.
    `hidden`: DAG(...) only inside a function, never at module level. `taskless`: a task made outside any DAG.
    """

    kind: Literal["uncalled", "hidden", "taskless"]
    name: str
    line: int | None = None


ProblemKind = Literal[
    "argument-missing",  # a callable's arguments do not bind; detail: Python's message
    "argument-reserved",  # a parameter that is given by position, and would be filled by name too; detail: its name
    "argument-dropped",  # an entry of op_kwargs that no parameter takes; detail: its name
    "callback",  # a callback can't be called with the context; detail: Python's message
    "type",  # an attribute is not of the type that Airflow works with; detail: what it is; more: what is wanted
    "default-argument",  # a key of default_args that no task takes; detail: the key; more: the nearest, or "DAG"
    "removed-key",  # a key of the context that this Airflow does not have any more; detail: the key
    "template-syntax",  # detail: Jinja's message
    "template-name",  # a name that nothing defines; detail: the name; more: the nearest
    "template-param",  # a param that neither the DAG nor the task has; detail: its name; more: the nearest
    "template-file",  # detail: the file; more: the folders that were searched
    "template-ignored",  # Jinja where nothing renders it; detail: the text
    "xcom-unknown",  # detail: a task id that there is not; more: the nearest
    "xcom-not-upstream",  # detail: a task that is not upstream
    "secret",  # a secret stands in the file; detail: in what form, never the secret
    "connection-used",  # no mistake by itself; detail: the conn_id
    "variable-used",  # no mistake by itself; detail: the key
    "no-start-date",  # the scheduler never starts the DAG without one
    "never-runs",  # the schedule has no date; detail: why
    "catchup",  # detail: how many runs are due, about; more: the date of the first one, "default" if nobody asked
    "clock-change",  # detail: what the next changes of the clocks do; more: how in general, the zone
    "operator-at-run-time",  # a function makes an operator that stays unused; detail: its class; more: the line
    "sql",  # no mistake by itself; detail: the text that is sent; more: its dialect if that is known, the conn_id
    "operator-executed",  # a function makes an operator and executes it; detail: its class; more: the line
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something about a task or a DAG (no `task_id`) that can be seen on the live object alone.

    `argument` is the operator's argument, where it is about one; `more` depends on the kind.
    """

    kind: ProblemKind
    dag_id: str
    task_id: str | None = None
    argument: str = ""
    detail: str = ""
    more: tuple[str, ...] = ()


SweptKind = Literal[
    "unknown-target",  # a branch returns an id that there is not; detail: the id; more: the nearest, if any is near
    "far-target",  # a branch returns an id that is not directly downstream; detail: the id; more: those that are
    "raises",  # detail: the exception; file and line where
    "nothing",  # a branch chooses nothing
    "several",  # a branch chooses more than one id; detail: which
    "never-taken",  # detail: the id, or nothing for a short circuit that never lets anything pass; more: what it chose
    "unstable",  # another choice at another time; detail: the one; more: the other
    "zone",  # another choice where the process has another local time; detail: the one; more: the other
    "undecided",  # detail: what it needs; given: how a test gives it
    "join",  # no choice of the branches above lets it run; detail: its trigger rule; more: those branches
    "skipped-choice",  # detail: its trigger rule; more: the branch that chooses it, and what that skips above it
    "skipped-join",  # detail: its state; more: a side that succeeded
    "never-runs",  # detail: its trigger rule; more: its upstream tasks
    "cleanup",  # detail: the task whose failure keeps it from running
    "teardown",  # detail: the task whose failure keeps it from running, if one has to fail; more: a setup that ran
    "race",  # its state depends on timing; detail: how
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptFact:
    """Something that runs of a DAG over its dates have shown; `date` is that of the first one, as `simulate` takes it.

    `count`: on how many dates it was seen. `given`: what `simulate` must be given besides the date to show it, as the
    text of its arguments.
    """

    kind: SweptKind
    task_id: str
    date: str
    detail: str = ""
    more: tuple[str, ...] = ()
    given: str = ""
    count: int = 1
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """One DAG run over its dates, from the first to the last one; `runs` is how many.

    `complete` is False where time did not suffice for all of them. `stopped`: the process ended, or had to be ended;
    then nothing else is known.
    """

    dag_id: str
    first: str = ""
    last: str = ""
    runs: int = 0
    complete: bool = True
    facts: tuple[SweptFact, ...] = ()
    stopped: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """All that is known of one DAG file after it was loaded once.

    `factories` are `file:line` of every user function that was running when a DAG or task was made, so that a
    factory used by another file is not taken for one that nobody calls.
    """

    file: str
    seconds: float = 0.0
    dags: tuple[DagSpec, ...] = ()
    failure: Failure | None = None
    further: tuple[Failure, ...] = ()  # of other members of a zip archive; the rest of them still gives DAGs
    refusals: tuple[Refusal, ...] = ()
    problems: tuple[Problem, ...] = ()
    events: tuple[Event, ...] = ()
    deprecations: tuple[Deprecation, ...] = ()
    costs: tuple[Cost, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    factories: tuple[str, ...] = ()
    volatile: tuple[str, ...] = ()  # words in its source that can differ between parses: "datetime.now", "set"
    swept: tuple[Swept, ...] = ()  # of the DAGs that branch
    unstable: tuple[str, ...] = ()  # the first difference per DAG between two parses, in words, "dag_id: ..."


def encode(value: object) -> str:
    """Return one line of JSON for a record or spec (ASCII, so that no terminal or locale matters).

    Lone surrogates, which no other reader accepts, become visible escapes.
    """
    line = json.dumps(value, default=_fields, ensure_ascii=True, separators=(",", ":"))
    if "\\ud" in line:
        line = json.dumps(_without_surrogates(json.loads(line)), ensure_ascii=True, separators=(",", ":"))
    return line


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def decode(line: str | bytes) -> FileRecord:
    """Return the record in a line of JSON; raises ValueError on anything else."""
    record: FileRecord = _adapter(FileRecord).validate_json(line, strict=True)
    return record


def decode_spec(line: str | bytes) -> DagSpec:
    """Return the spec in a line of JSON; raises ValueError on anything else."""
    spec: DagSpec = _adapter(DagSpec).validate_json(line, strict=True)
    return spec


@functools.cache
def _adapter(kind: type) -> Any:
    from pydantic import TypeAdapter  # late: importing pydantic costs more than a whole pytest start-up may

    return TypeAdapter(kind)
