"""What a file does to logging is undone before the next one."""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Callable, Iterator

import pytest

from dagcheck.sandbox.loggers import Loggers

NAME = "dagcheck.tests.loggers"


@pytest.fixture
def loggers() -> Iterator[Loggers]:
    logger = logging.getLogger(NAME)
    logger.setLevel(logging.WARNING)
    logger.addHandler(logging.NullHandler())
    made = Loggers()
    yield made
    made.restore()


def state() -> list[object]:
    """Everything that a file could change."""
    of_all = [logging.raiseExceptions, logging.root, logging.root.manager.disable, logging.getLoggerClass()]
    of_each = [
        (one.level, one.propagate, one.disabled, [*map(id, one.handlers)], [*map(id, one.filters)])
        for one in (logging.getLogger(), logging.getLogger(NAME))
    ]
    return [*of_all, logging.getLogRecordFactory(), *of_each]


class Equal(logging.Handler):
    """Says that it is any other."""

    asked = 0

    def __eq__(self, other: object) -> bool:
        Equal.asked += 1
        return True

    __hash__ = logging.Handler.__hash__


@pytest.mark.parametrize(
    "change",
    [
        lambda: logging.basicConfig(level=1, force=True),
        lambda: logging.getLogger().addHandler(Equal()),
        logging.getLogger(NAME).handlers.clear,
        lambda: setattr(logging.getLogger(NAME), "handlers", [Equal()]),
        lambda: logging.getLogger(NAME).addFilter(lambda _: False),
        lambda: logging.getLogger(NAME).setLevel(logging.CRITICAL),
        lambda: setattr(logging.getLogger(NAME), "propagate", False),
        lambda: delattr(logging.getLogger(NAME), "disabled"),
        lambda: logging.disable(logging.CRITICAL),
        lambda: logging.config.dictConfig({"version": 1, "disable_existing_loggers": True}),
        lambda: setattr(logging, "raiseExceptions", None),
        lambda: logging.setLoggerClass(type("Own", (logging.Logger,), {})),
        lambda: logging.setLogRecordFactory(logging.makeLogRecord),
    ],
)
def test_what_a_file_sets_up_is_undone(loggers: Loggers, change: Callable[[], object]) -> None:
    before = state()
    change()
    asked = Equal.asked
    loggers.restore()
    assert Equal.asked == asked
    assert state() == before


def test_a_level_that_was_put_back_counts_at_once(loggers: Loggers) -> None:
    logger = logging.getLogger(NAME)
    logger.setLevel(logging.CRITICAL)
    assert not logger.isEnabledFor(logging.ERROR)
    loggers.restore()
    assert logger.isEnabledFor(logging.ERROR)


def test_a_logger_that_a_file_made_stays_as_the_file_made_it(loggers: Loggers) -> None:
    logger = logging.getLogger(f"{NAME}.of_a_file")
    logger.setLevel(logging.ERROR)
    loggers.restore()
    assert logger.level == logging.ERROR
