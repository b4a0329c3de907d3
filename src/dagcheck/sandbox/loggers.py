"""Puts back how logging is set up: a file's `basicConfig`, handlers and levels are not the next file's."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import chain
from operator import itemgetter

from dagcheck.sandbox.identity import addresses

_LISTS = ("handlers", "filters")
_FIELDS = ("level", "propagate", "disabled", *_LISTS)
_MODULE = vars(logging)
_GLOBALS = ("raiseExceptions", "root", "_loggerClass", "_logRecordFactory")
_DISABLED = "_disable"  # up to which level, of all loggers


class Loggers:
    """The loggers that there are as it is made; later ones are their file's own business."""

    def __init__(self) -> None:
        self._manager = vars(logging.Logger.manager)
        self._disabled = self._manager[_DISABLED]
        self._globals = {name: _MODULE[name] for name in _GLOBALS}
        self._loggers = [vars(logger) for logger in _all_loggers()]
        self._values = [{name: fields[name] for name in _FIELDS} for fields in self._loggers]
        self._lists = [fields[name] for fields in self._loggers for name in _LISTS]
        self._items = [[*one] for one in self._lists]
        self._state = self._read()

    def restore(self) -> None:
        """Undo what differs; no code of a file's is called, be it the `==` of a handler."""
        _MODULE.update(self._globals)
        if self._manager[_DISABLED] is self._disabled and self._read() == self._state:
            return
        self._manager[_DISABLED] = self._disabled
        for one, items in zip(self._lists, self._items, strict=True):
            one[:] = items
        for fields, values in zip(self._loggers, self._values, strict=True):
            fields.update(values, _cache={})

    def _read(self) -> tuple[bytes, bytes] | None:
        """Return which objects all values and what is in all lists are; None for a logger without one of them."""
        try:
            values = tuple(chain.from_iterable(map(itemgetter(*_FIELDS), self._loggers)))
        except KeyError:
            return None
        return addresses(values), addresses(tuple(chain.from_iterable(self._lists)))


def _all_loggers() -> Iterator[logging.Logger]:
    yield logging.root
    yield from (one for one in logging.Logger.manager.loggerDict.values() if isinstance(one, logging.Logger))
