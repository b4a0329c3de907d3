"""Which files Airflow would parse."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from dagcheck._airflow import versions


def dag_files(folder: Path) -> list[Path]:
    """Return the DAG files of a folder, sorted and absolute; a single file counts if it looks like a DAG file.

    Airflow's own functions decide: `.airflowignore` in the syntax of the installed version (regexp on 2.x, glob on
    3.x, unless `core.dag_ignore_file_syntax` says otherwise), safe mode, zip archives. A loop of symbolic links
    raises RuntimeError, as it does in Airflow.
    """
    top = Path(os.path.abspath(folder))
    if top.is_file():
        return [top] if looks_like_dag_file(top) else []
    return sorted({Path(os.path.abspath(file)) for file in _listed(top)})


def looks_like_dag_file(path: Path) -> bool:
    """Tell whether Airflow's safe mode lets the file through; an unreadable file raises OSError."""
    from airflow.utils.file import might_contain_dag

    return bool(might_contain_dag(str(path), _safe_mode()))


def _listed(folder: Path) -> Iterable[str]:
    if versions.at_least(3, 2):
        # importers registered by the user's own plugins list their files too
        from airflow.dag_processing.importers import get_importer_registry

        files: list[str] = get_importer_registry().list_dag_files(folder, safe_mode=_safe_mode())
        return files
    from airflow.utils.file import find_dag_file_paths

    paths: list[str] = find_dag_file_paths(folder, _safe_mode())
    return paths


def _safe_mode() -> bool:
    from airflow.configuration import conf

    return bool(conf.getboolean("core", "DAG_DISCOVERY_SAFE_MODE", fallback=True))
