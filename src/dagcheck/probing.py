"""A folder of DAG files in the probe: its settings and environment, and all of its records at once."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dagcheck._airflow.settings import OWN_VARIABLES, hermetic
from dagcheck.config import Config
from dagcheck.errors import ConfigError
from dagcheck.probe.client import Probe
from dagcheck.probe.settings import ProbeSettings
from dagcheck.record import FileRecord
from dagcheck.sandbox.environment import clean_environment, make_home


def probe_settings(
    config: Config, folders: Sequence[Path], home: Path, *, sweep: bool = False, with_sql: bool = False
) -> ProbeSettings:
    """Return what the probe is told; `home` is the throwaway folder of this run.

    `sweep`: DAGs that branch are run over their dates. `with_sql`: records hold the SQL that tasks send.
    """
    return ProbeSettings(
        rootdir=str(config.rootdir),
        home=str(home),
        folders=tuple(str(folder) for folder in folders),
        workers=config.workers,
        timeout=config.timeout,
        memory=config.memory,
        variables=config.all_variables(),
        connections=config.all_connections(),
        namespaces=config.namespaces,
        protected=tuple(_protected(config, folders, home)),
        hosts=config.allow_network,
        commands=config.allow_processes,
        writable=tuple(os.path.realpath(config.path(path)) for path in config.allow_writes),
        sweep_seconds=config.sweep_seconds if sweep else 0.0,
        sweep_start=config.sweep_start.isoformat() if config.sweep_start else None,
        sweep_years=config.sweep_years,
        with_sql=with_sql,
        pythonpath=tuple(str(config.path(path)) for path in config.pythonpath),
    )


def probe_environment(
    config: Config, folders: Sequence[Path], home: Path, outside: Mapping[str, str]
) -> dict[str, str]:
    """Return the whole environment that DAG code sees; raises ConfigError for variables that are not the user's to set.

    `outside` is the environment that the allow-list is applied to.
    """
    plugins = config.path(config.plugins_folder) if config.plugins_folder else None
    airflow = hermetic(home / "airflow", folders, plugins)
    return clean_environment(outside, home, {**airflow, **_configured(config)})


def airflow_settings(config: Config) -> dict[str, str]:
    """Return those configured variables that are Airflow's own settings: they hold when tasks run, too.

    Raises ConfigError as `probe_environment` does.
    """
    return {name: value for name, value in _configured(config).items() if name.startswith("AIRFLOW__")}


def _configured(config: Config) -> dict[str, str]:
    configured = config.all_environment()
    if taken := sorted(configured.keys() & OWN_VARIABLES):
        raise ConfigError(f"environment: {', '.join(taken)} can't be set: dagcheck gives DAG code a home of its own")
    return configured


def _protected(config: Config, folders: Sequence[Path], home: Path) -> Iterator[str]:
    """The repository and the DAG folders, unless something below may be written."""
    writable = [home, *(config.path(path) for path in config.allow_writes)]
    for folder in dict.fromkeys((config.rootdir, *folders)):
        real = folder.resolve()
        if real.is_dir() and not any(path.resolve().is_relative_to(real) for path in writable):
            yield str(real)


def probe_folders(config: Config, folders: Sequence[Path]) -> dict[str, FileRecord]:
    """Load every DAG file of the folders once, outside of this process; return the records by absolute path.

    Empty where there is no DAG file. Raises ProbeError if the probe itself fails.
    """
    home = Path(tempfile.mkdtemp(prefix="dagcheck-"))
    records: dict[int, FileRecord] = {}
    try:
        make_home(home)
        environment = probe_environment(config, folders, home, os.environ)
        probe = Probe(probe_settings(config, folders, home), environment, records.__setitem__, twice=False)
        try:
            paths = probe.discover()
            probe.load(range(len(paths)))
            probe.finish(lambda: None)
        finally:
            probe.close()
            probe.spool.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return {path: records[number] for number, path in enumerate(paths)}
