"""When Airflow comes into this process, and when everything around it goes again."""

from __future__ import annotations

from dagcheck import host
from dagcheck._airflow import process
from dagcheck.checks.registry import all_checks
from dagcheck.config import load
from dagcheck.dagbag import bag
from dagcheck.dagbag.live import airflow_home


def prepare_airflow() -> None:
    """Import Airflow in a throwaway home now, with the configured DAG folder, before somebody else imports it.

    For the top of a conftest.py whose tests import Airflow, or DAG files, themselves. Everything else does this by
    itself. Raises ConfigError if the configuration is wrong.
    """
    config = load(host.rootdir(), host.current().overrides, all_checks())
    airflow_home(config, [config.path(folder) for folder in config.dag_folder])


def leave() -> None:
    """Forget all bags, remove the throwaway home, and give sys.path and the environment back."""
    bag.close()
    process.leave()
