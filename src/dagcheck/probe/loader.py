"""Loads one DAG file in this process and tells all about it as a FileRecord."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from dagcheck._airflow import deprecations, specs
from dagcheck._airflow.attributes import attempt
from dagcheck._airflow.creation import CreationLog
from dagcheck._airflow.loading import Loaded, load_file
from dagcheck._airflow.problems import dag_problems
from dagcheck._airflow.refusing import SKIPPED, refusals
from dagcheck.probe.describe import describe, text_of, type_name
from dagcheck.probe.sources import orphans, source_of, volatile_words, volatile_words_of_dag_file
from dagcheck.record import Deprecation, Failure, FileRecord, Orphan, Raised, Swept, SweptFact
from dagcheck.sandbox.surroundings import file_of
from dagcheck.sandbox.usercode import UserCode
from dagcheck.sweeping.sweep import wanted

Runs = Callable[[Any], "Swept | None"]
_MOST_FACTS = 100  # of one DAG
_LONGEST = 400


class Loader:
    """Loads file after file; what is left behind by one is the caller's to undo.

    `repair` puts the core modules back right after the file ran, so that nothing that it patched runs here.
    `clock` measures how long that takes; `clock_shift` moves the clock that the file sees, by seconds. `runs` is how
    DAGs that branch are run over their dates, if they are: those of the file just loaded wait in `to_sweep`. DAG code
    finds this object in the frames below its own: whatever must be out of its reach comes `sealed`.
    """

    def __init__(
        self,
        code: UserCode,
        log: CreationLog,
        repair: Callable[[], list[str]],
        clock_shift: float = 0.0,
        runs: Runs | None = None,
        *,
        with_sql: bool = False,
    ) -> None:
        self._code = code
        self._log = log
        self._repair = repair
        self._clock_shift = clock_shift
        self._runs = runs
        self._with_sql = with_sql
        self.to_sweep: list[tuple[str, Any]] = []
        self._deprecations: dict[Deprecation, None] = {}
        self.shims: set[str] = set()
        self.new_modules: Callable[[], list[str]] = list
        self.clock: Callable[[], float] = time.perf_counter
        self.has_finalizers = False
        self.patched: list[str] = []

    def take(self, step: str | None) -> FileRecord | Swept | None:
        """Load the file at a path, or run the next DAG over its dates."""
        return self.sweep() if step is None else self.load(step)

    def sweep(self) -> Swept | None:
        """Run the DAG that waits first over its dates; None for one that has none."""
        dag_id, dag = self.to_sweep.pop(0)
        try:
            swept = self._runs(dag) if self._runs else None
        except BaseException as error:
            failure = self.failure_of(error)
            if not any(raised.frames for raised in failure.chain):
                raise  # as in `load`
            swept = Swept(dag_id=dag_id, stopped=failure)
        self.patched += self._repair()
        return swept and replace(swept, dag_id=dag_id, facts=tuple(map(self._told, swept.facts[:_MOST_FACTS])))

    def _told(self, fact: SweptFact) -> SweptFact:
        """Return a fact in which nothing is long, and whose file is as messages show it."""
        return replace(
            fact,
            detail=text_of(fact.detail, _LONGEST),
            more=tuple(text_of(one, _LONGEST) for one in fact.more[:_LONGEST]),
            given=text_of(fact.given, _LONGEST),
            file=None if fact.file is None else self._code.relative(fact.file),
        )

    def load(self, path: str) -> FileRecord:
        """Execute the file and return what is known of it, but for its events."""
        for memory in (self._log, self._deprecations, self.shims, self.patched, self.to_sweep):
            memory.clear()
        started = self.clock()
        loaded, failure = self._execute(path)
        seconds = self.clock() - started
        try:
            return self._tell(path, loaded, failure, seconds)
        except BaseException as error:
            failure = self.failure_of(error)
            if not any(raised.frames for raised in failure.chain):
                raise  # no code of the user's was running: our own mistake
            return FileRecord(file=self._code.relative(path), seconds=round(seconds, 6), failure=failure)

    def _execute(self, path: str) -> tuple[Loaded | None, Failure | None]:
        loaded, error = None, None
        with self._watched_warnings(), _shifted_clock(self._clock_shift):
            try:
                loaded = load_file(Path(path))
            except BaseException as raised:  # noqa: BLE001 - SystemExit and worse must not end the worker
                error = raised
        self.patched += self._repair()
        return loaded, None if error is None else self.failure_of(error)

    def forget_shims(self) -> None:
        """Let modules that warned while they were imported warn again for the next file."""
        deprecations.forget_shims(sorted(self.shims))

    def failure_of(self, error: BaseException) -> Failure:
        """Describe what was raised, even if the exception's class fights back."""
        try:
            return describe(error, self._code)
        except BaseException as problem:  # noqa: BLE001 - properties of the user's exception class run here
            message = f"can't be described: {text_of(problem)}"
            return Failure(kind="exception", chain=(Raised(type=type_name(error), message=message),))

    def _tell(self, path: str, loaded: Loaded | None, failure: Failure | None, seconds: float) -> FileRecord:
        file = self._code.relative(path)
        further: list[Failure] = []
        refused = refusals(loaded, self._log) if loaded else []
        skipped = {refusal.dag_id for refusal in refused if refusal.type == SKIPPED}
        dags = [dag for dag in (loaded.dags if loaded else ()) if dag.dag_id not in skipped]
        if loaded and loaded.errors:
            failure, *further = (self._member_failure(member, error) for member, error in loaded.errors)
        if self._runs and not failure:
            broken = {refusal.dag_id for refusal in refused}
            self.to_sweep += [(dag.dag_id, dag) for dag in dags if dag.dag_id not in broken and _branches(dag)]
        return FileRecord(
            file=file,
            seconds=round(seconds, 6),
            dags=tuple(specs.dag_spec(dag, self._log, self._code.relative) for dag in dags),
            failure=failure,
            further=tuple(further),
            refusals=tuple(refusal for refusal in refused if refusal.type != SKIPPED),
            deprecations=tuple(self._deprecations),
            orphans=() if dags or failure or skipped else tuple(self._orphans(path)),
            factories=tuple(self._factories()),
            problems=tuple(problem for dag in dags for problem in dag_problems(dag, with_sql=self._with_sql)),
            volatile=tuple(sorted(self._volatile(path))),
        )

    def _member_failure(self, member: str, error: Exception) -> Failure:
        return replace(self.failure_of(error), member=self._code.relative(member))

    def _factories(self) -> Iterator[str]:
        for place in self._log.factories:
            file, _, line = place.rpartition(":")
            yield f"{self._code.relative(file)}:{line}"

    def _orphans(self, path: str) -> Iterator[Orphan]:
        yield from orphans(source_of(path))
        for task in self._log.taskless:
            if task.file == path:
                yield Orphan(kind="taskless", name=task.task_id, line=task.line)

    def _volatile(self, path: str) -> set[str]:
        """Look through the file and the user's modules that it imported."""
        modules = [sys.modules.get(name) for name in self.new_modules()]
        files = {file_of(module) for module in modules if type(module) is ModuleType}
        words: set[str] = set()
        self.has_finalizers = False
        for file in {path, *filter(self._code.own, files)}:
            source = source_of(file)
            words |= volatile_words_of_dag_file(source) if file == path else volatile_words(source)
            self.has_finalizers = self.has_finalizers or "__del__" in source or "weakref" in source
        return words

    @contextmanager
    def _watched_warnings(self) -> Iterator[None]:
        """Hear every deprecation warning, also those that a filter would show once or never."""
        with warnings.catch_warnings():
            warnings.simplefilter("always", DeprecationWarning)
            warnings.simplefilter("always", FutureWarning)
            warnings.showwarning = self._on_warning  # type: ignore[assignment]
            yield

    def _on_warning(self, message: Warning, category: type[Warning], filename: str, *_: object, **__: object) -> None:
        if not deprecations.is_airflow_deprecation(category, str(message), filename):
            return
        frame = sys._getframe(1)
        file, line = self._code.innermost(frame)
        name = category.__name__ if category.__module__ == "builtins" else f"{category.__module__}.{category.__name__}"
        self._deprecations[Deprecation(category=name, message=text_of(message), file=file, line=line)] = None
        self.shims.update(self._modules_between(frame))

    def _modules_between(self, frame: FrameType | None) -> Iterator[str]:
        """Names of the modules that were being imported when the warning came: they would not warn again."""
        while frame is not None and self._code.find(frame) is None:
            if frame.f_code.co_name == "<module>":
                yield str(frame.f_globals.get("__name__"))
            frame = frame.f_back


def _branches(dag: Any) -> bool:
    """As `sweeping.wanted`; the classes of operators may be hostile."""
    return attempt(lambda: wanted(dag), default=False)


def _shifted_clock(seconds: float) -> AbstractContextManager[object]:
    if not seconds:
        return nullcontext()
    import time_machine  # late: only the second look at a file needs it

    travel: AbstractContextManager[object] = time_machine.travel(time.time() + seconds, tick=True)
    return travel
