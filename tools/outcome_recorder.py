"""A pytest plugin that appends `[id, outcome]` of every item to the file that OUTCOMES names, one line of JSON each."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

_PATH = os.environ.get("OUTCOMES")


class _Recorder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """An item has one outcome: that of its call, or of a set-up that was no success."""
        if report.when == "call" or (report.when == "setup" and report.outcome != "passed"):
            with self._path.open("a", encoding="ascii") as file:
                file.write(json.dumps([report.nodeid, report.outcome]) + "\n")


def pytest_configure(config: pytest.Config) -> None:
    """Record where the reports come together: not in an xdist worker."""
    if _PATH and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder(Path(_PATH)))
