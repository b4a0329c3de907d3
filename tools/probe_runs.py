"""Runs the probe over small folders, without pytest and the checks, and tells what it told."""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagcheck._airflow.settings import hermetic
from dagcheck.probe.client import Probe
from dagcheck.probe.settings import ProbeSettings
from dagcheck.record import FileRecord
from dagcheck.sandbox.environment import clean_environment, make_home

GOOD = """
from datetime import datetime
from airflow import DAG
from airflow.models import BaseOperator

with DAG("good", start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False):
    BaseOperator(task_id="a") >> BaseOperator(task_id="b")
"""
AIRFLOW = "# airflow, so that it counts as a DAG file\n"


@dataclass(frozen=True)
class Loaded:
    """What a probe told of a folder: the last record of each file, how often it was told, and what it left running."""

    records: Mapping[str, FileRecord]
    times: Mapping[str, int]
    powers: Mapping[str, bool]
    seconds: float
    left_running: tuple[str, ...]

    def dag_ids(self, file: str) -> list[str]:
        """Ids of the DAGs of one file."""
        return [dag.dag_id for dag in self.records[file].dags]


def start(
    root: Path,
    files: Mapping[str, str],
    told: list[tuple[int, FileRecord]],
    environment: Mapping[str, str] | None = None,
    **settings: Any,
) -> Probe:
    """Begin to look for the DAG files of a new folder `root/dags`; `told` collects the records as they come."""
    dags, home = root / "dags", root / "home"
    dags.mkdir()
    for name, text in files.items():
        (dags / name).write_text(text, encoding="utf-8")
    make_home(home)
    clean = clean_environment(os.environ, home, {**hermetic(home / "airflow", [dags], None), **(environment or {})})
    paths = {"rootdir": str(root), "home": str(home), "folders": (str(dags),)}
    given = ProbeSettings(**{**paths, "workers": 2, "timeout": 3.0, "memory": 600, **settings})
    return Probe(given, clean, lambda number, record: told.append((number, record)))


def running(home: Path) -> tuple[str, ...]:
    """Return the processes that have this throwaway home in their environment; the killed may need a moment."""
    until = time.monotonic() + 3
    while found := tuple(_with_environment(f"{home}/airflow".encode())):
        if time.monotonic() > until:
            break
        time.sleep(0.05)
    return found


def _with_environment(mark: bytes) -> Iterator[str]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (folder / "environ").read_bytes():
                yield (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def load(root: Path, files: Mapping[str, str], **settings: Any) -> Loaded:
    """Load all files and end the probe; settings are those of `ProbeSettings`."""
    told: list[tuple[int, FileRecord]] = []
    probe = start(root, files, told, **settings)
    try:
        names = [Path(path).name for path in probe.discover()]
        began = time.monotonic()
        probe.load(range(len(names)))
        probe.finish(lambda: None)
        seconds = time.monotonic() - began
        records = {name: probe.spool.get(number) for number, name in enumerate(names)}
    finally:
        probe.close()
        probe.spool.close()
    return Loaded(records, Counter(names[number] for number, _ in told), probe.powers, seconds, running(root / "home"))
