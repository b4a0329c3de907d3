"""The environment in which Airflow may be imported: a throwaway home, no metadata DB, nothing of the user's."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from dagcheck._airflow import versions

# A path below a device: nobody can ever create it, so nobody can use the metadata DB by accident.
NO_DATABASE = f"sqlite:///{os.path.abspath(os.devnull)}/no-metadata-db"

# What makes the home throwaway: nobody else may set these.
OWN_VARIABLES = frozenset({
    "AIRFLOW_HOME", "AIRFLOW_CONFIG", "AIRFLOW__CORE__DAGS_FOLDER", "AIRFLOW__CORE__PLUGINS_FOLDER",
    "AIRFLOW__CORE__SQL_ALCHEMY_CONN", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "HOME", "TMPDIR",
})  # fmt: skip


def hermetic(home: Path, dag_folders: Sequence[Path], plugins_folder: Path | None) -> dict[str, str]:
    """Return the variables to set before the first `import airflow`; `home` must be a directory of ours.

    Airflow knows one DAG folder: the first of `dag_folders` (2.x puts it on sys.path when it is imported).
    """
    folders = [folder if folder.is_dir() else folder.parent for folder in dag_folders]
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONFIG": str(home / "airflow.cfg"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folders[0] if folders else home / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins_folder or home / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "0",  # the deadline is the probe's, from outside
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": NO_DATABASE,
        "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "AIRFLOW__METRICS__STATSD_ON": "False",
        "AIRFLOW__SENTRY__SENTRY_ON": "False",
        "AIRFLOW__OPENLINEAGE__DISABLED": "True",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "SCARF_ANALYTICS": "False",
        "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "1",  # `dag.test()` of 3.x has the server in its own process
        **_quiet_metrics(),
    }


def _quiet_metrics() -> dict[str, str]:
    """2.11 alone warns on nearly every import unless metrics are in one unit (airflow/__init__.py of 2.11)."""
    if versions.release() == (2, 11):
        return {"AIRFLOW__METRICS__TIMER_UNIT_CONSISTENCY": "True"}
    return {}
