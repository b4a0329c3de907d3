"""The records of a folder, probed once per session.

By the check of that folder if one runs in this session, else by the first of its processes that wants them.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from dagcheck import host
from dagcheck.config import Config
from dagcheck.probing import probe_folders
from dagcheck.record import FileRecord, decode, encode
from dagcheck.results import path_from_text, path_to_text

Records = Mapping[str, FileRecord]
Lines = Iterable[tuple[str, str]]  # path and record as JSON

_offers: dict[str, Callable[[], Lines]] = {}


def offer(config: Config, folders: Sequence[Path], supply: Callable[[], Lines]) -> None:
    """From now on, until `withdraw`, take the records of these folders from `supply` instead of probing them."""
    _offers[_fingerprint(config, folders)] = supply


def withdraw() -> None:
    """Forget all offers."""
    _offers.clear()


def share(shared: Path) -> None:
    """Write what is offered where the other processes of this session will look for it (`Host.shared`)."""
    for fingerprint, supply in _offers.items():
        _write(_file(shared, fingerprint), supply())


def records_of(config: Config, folders: Sequence[Path]) -> Records:
    """Return the records of all DAG files by absolute path, from another process of this session if one has them."""
    fingerprint, shared = _fingerprint(config, folders), host.current().shared
    if supply := _offers.get(fingerprint):
        return {path: decode(line) for path, line in supply()}
    if shared is None or not shared.is_dir():
        return probe_folders(config, folders)
    file = _file(shared, fingerprint)
    with _locked(file.with_suffix(".lock")):
        if not file.exists():
            records = probe_folders(config, folders)
            _write(file, ((path, encode(record)) for path, record in records.items()))
        return _read(file)


def _file(shared: Path, fingerprint: str) -> Path:
    return shared / f"{fingerprint}.jsonl"


def _fingerprint(config: Config, folders: Sequence[Path]) -> str:
    """What decides over the records: the folders and the configuration, whose secrets leave only a digest."""
    values = [config.model_dump_json(), config.all_variables(), config.all_connections(), config.all_environment()]
    text = json.dumps([values, [str(folder) for folder in folders]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(file: Path, records: Lines) -> None:
    lines = [line for path, record in records for line in (json.dumps(path_to_text(path)), record)]
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_text("\n".join(lines), encoding="ascii")
    unfinished.replace(file)


def _read(file: Path) -> Records:
    lines = file.read_text(encoding="ascii").splitlines()
    return {
        str(path_from_text(json.loads(path))): decode(record)
        for path, record in zip(lines[::2], lines[1::2], strict=True)
    }
