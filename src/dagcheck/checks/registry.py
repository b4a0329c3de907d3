"""The list of checks: a decorated function is a check, its docstring is the check's documentation.

Docstring layout, read by `--dagcheck-explain`: the rule in the first paragraph, then `Why:` and `Fix:`
paragraphs, then `Bad:` and `Good:` blocks of indented code.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from dagcheck.config import Policy
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec

Family = Literal["Loading", "What parsing does", "Structure", "Schedule", "Tasks", "Templates", "Branches and runs",
                 "Across DAGs", "Handed to ruff", "dagcheck itself"]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What checks may know of the configuration, and of the run.

    `connections` and `variables` are the ids and keys that are declared; `connection_types` has the type by id.
    `complete`: every file of the folder was loaded, none left out by the command line or to another shard.
    `external_dags` and `external_assets` are patterns of names that somebody else has. `deciding` are the checks whose
    findings fail the run: only they may tell in place of import-error why a file that the sandbox stopped gave no
    DAGs.
    """

    parse_seconds: float = 2.0
    timeout: float = 30.0
    memory_mib: int = 2048
    catchup_runs: int = 100
    pools: Mapping[str, int] = field(default_factory=dict)
    connections: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    connection_types: Mapping[str, str] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    external_dags: tuple[str, ...] = ()
    external_assets: tuple[str, ...] = ()
    complete: bool = True
    deciding: frozenset[str] = frozenset({"parse-network", "parse-database", "parse-subprocess"})


FileCheck = Callable[[FileRecord, Settings], Iterable[Finding]]
DagCheck = Callable[[DagSpec, Settings], Iterable[Finding]]
FolderCheck = Callable[[Iterable[FileRecord], Settings], Iterable[Finding]]
AnyCheck = TypeVar("AnyCheck", FileCheck, DagCheck, FolderCheck)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A registered check; `run` takes a file's record, a DAG's spec or all records, by `scope`."""

    name: str
    level: Level
    family: Family
    scope: Literal["file", "dag", "folder"]
    run: Callable[..., Iterable[Finding]] = field(repr=False)

    @property
    def documentation(self) -> str:
        """The docstring, dedented."""
        return inspect.getdoc(self.run) or ""

    @property
    def summary(self) -> str:
        """The rule in one line, without its full stop."""
        return self.documentation.split("\n\n", 1)[0].replace("\n", " ").rstrip(".")

    def section(self, title: str) -> str:
        """Return the text under `Why:`, `Fix:`, `Bad:` or `Good:`, dedented, or nothing."""
        found = re.search(rf"^{title}:[ \n](.*?)(?=^\w+:|\Z)", self.documentation, re.M | re.S)
        return inspect.cleandoc("\n" + found[1]).strip("\n") if found else ""


_CHECKS: dict[str, Check] = {}


def check(
    name: str, level: Level, family: Family, scope: Literal["file", "dag", "folder"]
) -> Callable[[AnyCheck], AnyCheck]:
    """Register the decorated function as the check `name`; raises ValueError on a name taken twice."""

    def register(function: AnyCheck) -> AnyCheck:
        if name in _CHECKS:
            raise ValueError(f"two checks are called {name!r}")
        _CHECKS[name] = Check(name=name, level=level, family=family, scope=scope, run=function)
        return function

    return register


def all_checks() -> dict[str, Check]:
    """Every check by name, in the order of the catalogue."""
    from dagcheck import checks  # importing the package registers them

    checks.load()
    return dict(_CHECKS)
