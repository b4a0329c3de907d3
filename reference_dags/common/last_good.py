"""The last good configuration: what a DAG file is generated from while its true source may be down.

A task asks the source, validates the answer and publishes it here; parsing reads a file and nothing else. The file
lies in the folder that the environment variable REFERENCE_CATALOGUE names, which workers and DAG processor share;
until something was published there, the file that is committed beside the DAG file counts.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from common.configuration import ConfigurationError, Model, all_validated, read

VARIABLE = "REFERENCE_CATALOGUE"


class RefusedError(ValueError):
    """A source answered, but not with what could take the place of the last good configuration."""


def last_good(committed: Path, model: type[Model]) -> tuple[list[Model], list[str]]:
    """Return the published entries, else the committed ones, and a line for each problem; never raises."""
    published = _published(committed.name)
    problems: list[str] = []
    for file in filter(None, (published, committed)):
        try:
            entries = _entries(file)
        except ConfigurationError as error:
            problems.extend(error.problems)
            logging.getLogger(__name__).warning("%s is not used: %s", file, error)
            continue
        right, wrong = all_validated(model, entries)
        if right:
            return right, [*problems, *wrong]
        problems.extend(wrong)
    return [], problems


def publish(committed: Path, entries: Iterable[BaseModel]) -> Path:
    """Let these entries be the last good ones, at once or not at all; return the file.

    Raises RefusedError for no entries: a source that was emptied looks the same as one that was never filled.
    """
    folder = os.environ.get(VARIABLE)
    if not folder:
        raise RefusedError(f"{VARIABLE} is not set: it names the folder that workers and the DAG processor share")
    values = [entry.model_dump(mode="json") for entry in entries]
    if not values:
        raise RefusedError("there is no entry at all: the last good configuration stays")
    file = Path(folder, committed.name)
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="utf-8", delete=False) as written:
        json.dump(values, written, indent=4)
        written.write("\n")
    Path(written.name).chmod(0o644)
    return Path(written.name).replace(file)  # a reader sees the old file or the new one


def _published(name: str) -> Path | None:
    folder = os.environ.get(VARIABLE)
    file = Path(folder, name) if folder else None
    return file if file and file.exists() else None


def _entries(file: Path) -> list[tuple[str, Any]]:
    found = read(file)
    if not isinstance(found, list):
        raise ConfigurationError([f"{file.name}: is not a list of entries"])
    return [(f"{file.name}: entry {number}", entry) for number, entry in enumerate(found, 1)]
