"""What the TechCorp platform knows of its sources, and what it does to their rows."""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Row = dict[str, str]
Share = Annotated[float, Field(ge=0, le=1)]

TABLES = """
CREATE TABLE IF NOT EXISTS techcorp_rows (source TEXT, day TEXT, id TEXT, data TEXT, PRIMARY KEY (source, day, id));
CREATE TABLE IF NOT EXISTS techcorp_loads (
    source TEXT, day TEXT, outcome TEXT, rows INTEGER, rejected INTEGER, PRIMARY KEY (source, day)
);
"""


class Source(BaseModel):
    """One entry of the configuration; `file` is a path with `{day}` in it, below the landing zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    schedule: str = Field(pattern=r"^(\S+ ){4}\S+$")
    file: str = Field(pattern=r"\{day\}")
    key: str
    required: tuple[str, ...]
    personal: tuple[str, ...] = ()
    most_rejected: Share = 0.0
    min_bytes: int = Field(default=1, ge=1)
    max_age_hours: int = Field(default=36, ge=1)
    large_rows: int = Field(default=1000, ge=1)
    chunk_rows: int = Field(default=500, ge=1)
    priority: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def key_is_required(self) -> Source:
        """Rows without a key could not be told apart."""
        if self.key not in self.required:
            raise ValueError(f"key {self.key!r} must be one of required")
        return self

    @property
    def max_age(self) -> timedelta:
        """How old a file may be before it is somebody else's."""
        return timedelta(hours=self.max_age_hours)


def load_sources(file: Path) -> tuple[list[Source], list[str]]:
    """Return the sources that are well configured, and what is wrong with the others: file, entry, key, reason."""
    sources: dict[str, Source] = {}
    problems: list[str] = []
    for number, entry in enumerate(yaml.safe_load(file.read_text(encoding="utf-8"))["sources"]):
        found = _source(entry)
        place = f"{file.name}: sources[{number}]"
        if isinstance(found, ValidationError):
            problems += [f"{place}.{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found.errors()]
        elif found.name in sources:
            problems.append(f"{place}.name: {found.name!r} stands twice")
        else:
            sources[found.name] = found
    return list(sources.values()), problems


def _source(entry: Any) -> Source | ValidationError:
    try:
        return Source.model_validate(entry)
    except ValidationError as error:
        return error


def read_rows(path: Path, first: int = 0, last: int | None = None) -> Iterator[Row]:
    """Yield the rows of a CSV file from number `first` up to `last`, which is not among them; one at a time."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from islice(csv.DictReader(file), first, last)


def is_good(source: Source, row: Row) -> bool:
    """Tell whether a row has a value in every required column."""
    return all(row.get(column) for column in source.required)


def clean(source: Source, rows: Iterator[Row], secret: str) -> Iterator[Row]:
    """Yield the good rows; what is personal is replaced by a keyed hash: the same person, but nobody knows who."""
    for row in rows:
        if is_good(source, row):
            yield {name: masked(value, secret) if name in source.personal else value for name, value in row.items()}


def masked(value: str, secret: str) -> str:
    """Return a keyed hash of a value."""
    return hmac.new(secret.encode(), value.encode(), hashlib.sha256).hexdigest()[:16]


def route(source: Source, rows: int, rejected: int) -> str:
    """Return the way that so many rows go, so many of which are not good: by quality first, by volume then."""
    if not rows:
        return "nothing_to_do"
    if rejected > source.most_rejected * rows:
        return "quarantine"
    return "large.split" if rows > source.large_rows else "small.whole"


def replace_day(connection: sqlite3.Connection, source: Source, day: date, parts: list[Path]) -> int:
    """Bring the rows of some parts into the warehouse instead of the day's; return how many there are."""
    connection.executescript(TABLES)
    connection.execute("DELETE FROM techcorp_rows WHERE source = ? AND day = ?", (source.name, day.isoformat()))
    for part in parts:
        with part.open(encoding="utf-8") as lines:
            rows = ((source.name, day.isoformat(), json.loads(line)[source.key], line.strip()) for line in lines)
            connection.executemany("INSERT OR REPLACE INTO techcorp_rows VALUES (?, ?, ?, ?)", rows)
    counted = connection.execute(
        "SELECT count(*) FROM techcorp_rows WHERE source = ? AND day = ?", (source.name, day.isoformat())
    )
    return int(counted.fetchone()[0])


def note_load(connection: sqlite3.Connection, source: str, day: date, outcome: str, counts: tuple[int, int]) -> None:
    """Note what came of a source's day; `counts` are rows and rejected rows."""
    connection.executescript(TABLES)
    connection.execute(
        "REPLACE INTO techcorp_loads VALUES (?, ?, ?, ?, ?)", (source, day.isoformat(), outcome, *counts)
    )


def summary(connection: sqlite3.Connection, sources: list[Source], day: date) -> list[tuple[str, str, int, int]]:
    """Return source, outcome, rows and rejected rows of each source; missing is one of which nothing was noted."""
    connection.executescript(TABLES)
    noted = connection.execute("SELECT source, outcome, rows, rejected FROM techcorp_loads WHERE day = ?", (str(day),))
    found = {name: (name, outcome, rows, rejected) for name, outcome, rows, rejected in noted}
    return [found.get(source.name, (source.name, "missing", 0, 0)) for source in sources]
