"""The bag itself, and the bags of this process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from dagcheck import host
from dagcheck._airflow.versions import unsupported_reason
from dagcheck.checks.registry import Settings, all_checks
from dagcheck.config import Config, load
from dagcheck.dagbag.live import DagImportError, Here
from dagcheck.dagbag.records import records_of
from dagcheck.dagbag.verdicts import Verdicts, verdicts_on
from dagcheck.errors import ConfigError, UnknownIdError, unknown
from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec

T = TypeVar("T")


class DagBag(Mapping[str, Any]):
    """The DAGs of one or more folders by id, each file loaded at most once in this process, and only when wanted.

    A bag without any DAG can be asked for its `import_errors` alone: everything else raises ConfigError, so that no
    loop over it passes by doing nothing.
    """

    def __init__(self, config: Config, folders: tuple[Path, ...], records: Mapping[str, FileRecord]) -> None:
        self.folders = folders
        self._here = Here(config, folders)
        settings = Settings(timeout=config.timeout, memory_mib=config.memory, deciding=frozenset())
        self._verdicts: Verdicts = verdicts_on(records, settings)
        self._loaded: dict[str, dict[str, Any] | DagImportError] = {}
        self._specs = _Known(self._verdicts.specs, self._unknown)

    @property
    def dag_ids(self) -> list[str]:
        """The ids of all DAGs, sorted."""
        return sorted(self.specs)

    @property
    def specs(self) -> Mapping[str, DagSpec]:
        """Every DAG as plain data, as the probe saw it; needs no Airflow in this process."""
        if not self._verdicts.specs:
            raise ConfigError(f"no DAG in {self._places}{self._failures}")
        return self._specs

    @property
    def import_errors(self) -> dict[str, str]:
        """By file, as in Airflow's bag: why it gave no DAGs, or which of its DAGs is refused, with the user's lines."""
        return dict(self._verdicts.import_errors)

    def __getitem__(self, dag_id: str) -> Any:
        """Return the DAG object, the same one each time.

        Raises UnknownIdError (a KeyError), or DagImportError if its file can be loaded in the sandbox alone.
        """
        self.specs[dag_id]  # raises for an unknown id
        found = self._file(self._verdicts.paths[dag_id])
        if dag_id not in found:
            raise DagImportError(
                f"{self._verdicts.specs[dag_id].file} gave the DAG {dag_id!r} in the sandbox and does not in this "
                f"process, where it gives {', '.join(sorted(found)) or 'none'}"
            )
        return found[dag_id]

    def _file(self, path: str) -> dict[str, Any]:
        if path not in self._loaded:
            self._loaded[path] = self._load(path)
        found = self._loaded[path]
        if isinstance(found, DagImportError):
            raise found
        return found

    def _load(self, path: str) -> dict[str, Any] | DagImportError:
        if reason := self._verdicts.barred.get(path):
            return DagImportError(reason)
        try:
            return self._here.load(path)
        except DagImportError as error:
            return error

    def spec_behind(self, dag: Any) -> DagSpec | None:
        """Return the probe's spec of a DAG object of this bag, None for any other object."""
        for dag_id, path in self._verdicts.paths.items():
            found = self._loaded.get(path)
            if isinstance(found, dict) and found.get(dag_id) is dag:
                return self._verdicts.specs[dag_id]
        return None

    def __iter__(self) -> Iterator[str]:
        return iter(self.dag_ids)

    def __len__(self) -> int:
        return len(self.specs)

    def __contains__(self, dag_id: object) -> bool:
        return dag_id in self.specs

    def __repr__(self) -> str:
        found = f"{len(self._verdicts.specs)} DAGs, {len(self._verdicts.import_errors)} import errors"
        return f"<DagBag of {self._places}: {found}>"

    def close(self) -> None:
        """Take back what loading its files put on sys.path."""
        self._here.close()

    @property
    def _places(self) -> str:
        return ", ".join(map(str, self.folders))

    @property
    def _failures(self) -> str:
        texts = "\n".join(self._verdicts.import_errors.values())
        return f"\nfiles that failed to import:\n{texts}" if texts else ""

    def _unknown(self, dag_id: str) -> UnknownIdError:
        return UnknownIdError(f"{self._places}: {unknown('DAG', dag_id, self._verdicts.specs)}{self._failures}")


class _Known(dict[str, T]):
    """A dictionary whose KeyError says what there is."""

    def __init__(self, values: Mapping[str, T], error: Callable[[str], Exception]) -> None:
        super().__init__(values)
        self._error = error

    def __missing__(self, key: str) -> T:
        raise self._error(key)


_bags: dict[object, DagBag] = {}


def load_dagbag(*folders: str | Path) -> DagBag:
    """Return the bag of these folders or files, else of the configured ones; loaded once per process.

    Relative paths start at the rootdir, the folder with pyproject.toml. Under pytest-xdist the first worker probes
    for all. Raises ConfigError if the configuration is wrong, Airflow is missing, or no folder has a DAG file.
    """
    if reason := unsupported_reason():
        raise ConfigError(reason)
    current = host.current()
    config = load(host.rootdir(), current.overrides, all_checks())
    places = tuple(config.path(os.fspath(folder)) for folder in folders or config.dag_folder)
    key = (config.rootdir, places)
    if key not in _bags:
        _require(places)
        records = records_of(config, places)
        if not records:
            raise ConfigError(
                f"no DAG file in {', '.join(map(str, places))}: looked for .py files and zip archives that mention "
                "both 'airflow' and 'dag', as Airflow's safe mode does, and that no .airflowignore leaves out"
            )
        _bags[key] = DagBag(config, places, records)
    return _bags[key]


def _require(places: tuple[Path, ...]) -> None:
    missing = [str(place) for place in places if not place.exists()]
    if missing:
        raise ConfigError(f"there is no {', '.join(missing)}: set dag_folder in [tool.dagcheck] of pyproject.toml")


def dag_named(dag_id: str, folder: str | Path | None = None) -> Any:
    """Return a DAG object of the configured folder (or of `folder`) by its id, also outside of any fixture."""
    return load_dagbag(*([] if folder is None else [folder]))[dag_id]


def spec_behind(dag: Any) -> DagSpec | None:
    """Return the probe's spec of a DAG object that came from a bag; it knows the lines. None for any other."""
    found = (bag.spec_behind(dag) for bag in _bags.values())
    return next((spec for spec in found if spec is not None), None)


def close() -> None:
    """Forget all bags, and take back what loading put on sys.path."""
    while _bags:
        _bags.popitem()[1].close()
