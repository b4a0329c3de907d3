from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagcheck._airflow import moved
from dagcheck._airflow.moved import new_home, provider_package
from dagcheck._airflow.versions import at_least, release

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

STANDARD = "airflow.providers.standard"
ON_3 = [
    ("airflow.operators.dummy_operator", "DummyOperator", f"{STANDARD}.operators.empty.EmptyOperator"),
    ("airflow.operators.dummy", "DummyOperator", f"{STANDARD}.operators.empty.EmptyOperator"),
    ("airflow.operators.python_operator", "PythonOperator", f"{STANDARD}.operators.python.PythonOperator"),
    ("airflow.operators.python_operator", None, f"{STANDARD}.operators.python"),
    ("airflow.sensors.base_sensor_operator", "BaseSensorOperator", "airflow.sdk.BaseSensorOperator"),
    ("airflow.contrib.sensors.file_sensor", "FileSensor", f"{STANDARD}.sensors.filesystem.FileSensor"),
    ("airflow.utils.helpers", "chain", "airflow.sdk.chain"),
    ("airflow.datasets", "Dataset", "airflow.sdk.Asset"),
    ("airflow.decorators", "task", "airflow.sdk.task"),
    ("airflow.operators.subdag", "SubDagOperator", "airflow.sdk.TaskGroup (Airflow 3 has no sub-DAGs)"),
]
ON_BOTH = [
    ("airflow.hooks.postgres_hook", "PostgresHook", "airflow.providers.postgres.hooks.postgres.PostgresHook"),
    ("airflow.contrib.hooks.gcs_hook", "GoogleCloudStorageHook", "airflow.providers.google.cloud.hooks.gcs.GCSHook"),
    ("airflow.contrib.hooks.ssh_hook", "SSHHook", "airflow.providers.ssh.hooks.ssh.SSHHook"),
]


@pytest.mark.parametrize(("module", "name", "home"), ON_3)
def test_what_airflow_3_moved_has_its_new_home_there_alone(module: str, name: str | None, home: str) -> None:
    assert new_home(module, name) == (home if at_least(3, 0) else None)


@pytest.mark.parametrize(
    ("module", "name", "homes"),
    [
        ("airflow.hooks.base_hook", "BaseHook", ["airflow.hooks.base.BaseHook", "airflow.sdk.BaseHook"]),
        ("airflow.utils.trigger_rule", "TriggerRule", [None, "airflow.sdk.TriggerRule"]),
        ("airflow.utils.timezone", "datetime", [None, "airflow.sdk.timezone.datetime"]),
        ("airflow.sdk", "BaseHook", ["airflow.hooks.base.BaseHook", None]),
    ],
)
def test_what_moved_with_3_1_has_its_home_before_and_after(module: str, name: str, homes: list[str | None]) -> None:
    assert new_home(module, name) == (homes[at_least(3, 1)] if at_least(3, 0) else None)


def test_what_later_versions_have_elsewhere_is_where_the_table_says(room: Room) -> None:
    rows = [list(row) for row in moved._rows("later.txt")]  # noqa: SLF001 -- the data is what is tested
    known = room(_known, [home for home, _, _ in rows])
    if at_least(3, 0):
        assert known == [tuple(map(int, since.split("."))) <= release() for _, since, _ in rows]
        assert all(room(_known, [before for (_, _, before), here in zip(rows, known, strict=True) if not here]))
    else:
        assert not any(known)


def _known(homes: list[str]) -> list[bool]:
    return [_exists(home) for home in homes]


@pytest.mark.parametrize(("module", "name", "home"), ON_BOTH)
def test_what_went_to_a_provider_has_its_home_on_every_version(module: str, name: str, home: str) -> None:
    assert new_home(module, name) == home


@pytest.mark.parametrize(
    ("module", "name"), [("airflow.decorators", "tsak"), ("airflow.nothing", None), ("pandas", "x"), ("airflow", None)]
)
def test_what_the_table_does_not_know_has_no_home(module: str, name: str | None) -> None:
    assert new_home(module, name) is None


def test_every_text_that_is_no_name_says_what_to_do() -> None:
    assert "pendulum" in str(moved._table()["airflow.utils.dates.days_ago"])  # noqa: SLF001 -- the data is what is tested


def test_the_table_has_no_row_twice() -> None:
    lines = Path(moved.__file__).with_name("moved.txt").read_text().splitlines()
    keys = [line.split()[0] for line in lines if line and not line.startswith("#")]
    assert len(keys) == len(set(keys))
    assert len(keys) > 500


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("airflow.providers.snowflake.operators.x", "apache-airflow-providers-snowflake"),
        ("airflow.providers.common.sql.hooks.sql", "apache-airflow-providers-common-sql"),
        ("airflow.providers.cncf.kubernetes", "apache-airflow-providers-cncf-kubernetes"),
        ("airflow.providers.microsoft.azure.hooks.wasb", "apache-airflow-providers-microsoft-azure"),
        ("airflow.providers.common", None),
        ("airflow.providers", None),
        ("airflow.operators.bash", None),
        ("snowflake.connector", None),
    ],
)
def test_a_providers_module_names_its_distribution(module: str, package: str | None) -> None:
    assert provider_package(module) == package


def _misleading(moves: list[list[str]]) -> list[list[str]]:
    """Return (old name, home) of those that can be had from neither."""
    return [[old, home] for old, home in moves if not _exists(home) and not _imports(old)]


def _imports(name: str) -> bool:
    import importlib

    module, _, attribute = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), attribute)
    except Exception:  # noqa: BLE001 -- whatever a deprecated module does when it fails
        return False


def _exists(home: str) -> bool:
    import contextlib
    import importlib
    from importlib.util import find_spec

    module, _, name = home.rpartition(".")
    with contextlib.suppress(Exception):  # the parent is a module, not a package, or cannot be imported (see below)
        if find_spec(home):
            return True
    try:
        return hasattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        return error.name is not None and not module.startswith(error.name)  # the provider lacks what it needs itself
    except Exception:  # noqa: BLE001 -- likewise, in the provider's own words
        return True


def test_whatever_can_not_be_imported_any_more_can_be_from_its_home(room: Room) -> None:
    """The table is right where it can be proven: the SDK, and every provider that is installed here."""
    installed = {str(one.metadata["Name"]) for one in metadata.distributions()}
    moves = []
    for old in sorted(old.removesuffix(".*") for old in moved._table()):  # noqa: SLF001 -- as above
        home = (new_home(*old.rsplit(".", 1)) or "").removesuffix(".*")
        package = "apache-airflow-task-sdk" if home.startswith("airflow.sdk.") else provider_package(home)
        if package in installed and " " not in home:
            moves.append((old, home))
    assert len(moves) > 40
    assert room(_misleading, moves) == []
