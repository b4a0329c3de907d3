"""The records of a folder, probed once per session: of several processes, the first one probes for all."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from dagcheck import host
from dagcheck.config import Config
from dagcheck.probing import probe_folders
from dagcheck.record import FileRecord, decode, encode
from dagcheck.results import path_from_text, path_to_text

Records = Mapping[str, FileRecord]


def records_of(config: Config, folders: Sequence[Path]) -> Records:
    """Return the records of all DAG files by absolute path, from another process of this session if one has them."""
    shared = host.current().shared
    if shared is None or not shared.is_dir():
        return probe_folders(config, folders)
    file = shared / f"{_fingerprint(config, folders)}.jsonl"
    with _locked(file.with_suffix(".lock")):
        if not file.exists():
            _write(file, probe_folders(config, folders))
        return _read(file)


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


def _write(file: Path, records: Records) -> None:
    lines = [line for path, record in records.items() for line in (json.dumps(path_to_text(path)), encode(record))]
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_text("\n".join(lines), encoding="ascii")
    unfinished.replace(file)


def _read(file: Path) -> Records:
    lines = file.read_text(encoding="ascii").splitlines()
    return {
        str(path_from_text(json.loads(path))): decode(record)
        for path, record in zip(lines[::2], lines[1::2], strict=True)
    }
