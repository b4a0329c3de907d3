"""The log of one try: what goes through `logging`, and on 3.x through structlog, from any thread."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from dagcheck._airflow import versions
from dagcheck._airflow.patching import contents_replaced
from dagcheck._airflow.tries import inert

_NOISE = ("::group::", "::endgroup::")


@contextmanager
def seams() -> Iterator[Collector]:
    """Yield what collects lines of level INFO and above; handlers of the test's own at the root see them as ever."""
    collector = Collector()
    root = logging.getLogger()
    handlers = [collector, *(one for one in root.handlers if not type(one).__module__.startswith("airflow."))]
    of_tasks = logging.getLogger("airflow.task")
    with _heard(root, handlers, propagate=True), _heard(of_tasks, handlers, propagate=False), _structured(collector):
        yield collector


@contextmanager
def _heard(logger: logging.Logger, handlers: list[logging.Handler], *, propagate: bool) -> Iterator[None]:
    """Hear a logger from INFO on, as production does by default; Airflow's own files and console are left out.

    The logger of tasks does not propagate on 2.x: it is made so on every version.
    """
    before = logger.level, logger.propagate
    logger.setLevel(logging.INFO)
    logger.propagate = propagate
    try:
        with contents_replaced(logger.handlers, handlers):
            yield
    finally:
        logger.setLevel(before[0])
        logger.propagate = before[1]


@contextmanager
def _structured(collector: Collector) -> Iterator[None]:
    if not versions.at_least(3, 0):
        yield
        return
    import structlog

    processors: list[Any] = structlog.get_config()["processors"]
    with contents_replaced(processors, [collector.structured]):
        yield


class Collector(logging.Handler):
    """Appends every line as `LEVEL - text`, secrets masked, to `lines`; give it a new list for each try."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []
        self._last: logging.LogRecord | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if record is self._last:  # it came to a logger and to the root
            return
        self._last = record
        try:
            text = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                text += f": {type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
        except Exception as error:  # noqa: BLE001 -- arguments that do not fit, as `logging` forgives them
            text = f"{record.msg} ({type(error).__name__}: {error})"
        self._add(record.levelname, text)

    def structured(self, _logger: Any, method: str, event: dict[str, Any]) -> NoReturn:
        """Take the place of structlog's processors."""
        import structlog

        if method == "debug":
            raise structlog.DropEvent
        event = dict(event)
        text = str(event.pop("event", ""))
        if arguments := event.pop("positional_args", None):
            text = text % arguments
        error = event.pop("exc_info", None)
        error = sys.exc_info()[1] if error is True else error
        more = "".join(f" {key}={value!r}" for key, value in event.items() if _tells(key, value))
        if isinstance(error, BaseException):
            more += f": {type(error).__name__}: {error}"
        self._add(method.upper(), text + more)
        raise structlog.DropEvent

    def _add(self, level: str, text: str) -> None:
        if not text.startswith(_NOISE):
            self.lines.append(str(inert(f"{level} - {text}")))


def _tells(key: str, value: Any) -> bool:
    """Leave out where a line was logged, and whole task instances, which cost more to show than a task to run."""
    return key not in {"logger_name", "loc", "logger"} and isinstance(value, (str, int, float, list, tuple, dict))
