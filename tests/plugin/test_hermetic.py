"""DAG code sees what is configured and nothing of the machine, and the machine sees nothing of DAG code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "hunter2",
    "AIRFLOW_CONN_WAREHOUSE": "postgres://me:hunter2@production/orders",
    "AIRFLOW_VAR_SIZE": "hunter2",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://me:hunter2@production/airflow",
    "AIRFLOW__SECRETS__BACKEND": "production.Vault",
    "MY_TOKEN": "hunter2",
    "TARGET": "production",
    "HTTPS_PROXY": "http://me:hunter2@proxy",
}
SETTINGS = """\
variables_files = ["settings/variables.json"]
connections_files = ["settings/connections.json"]
environment_files = ["settings/.env"]
pythonpath = ["lib"]
plugins_folder = "plugins"
allow_writes = ["seen"]

[tool.dagcheck.variables]
size = "large"
limits = { low = 1, high = 2 }

[tool.dagcheck.connections]
warehouse = "postgres://tester:pass@localhost/orders"

[tool.dagcheck.environment]
TARGET = "test"
"""
LOOK = """\
import json
import pathlib
import tempfile

found = {
    "environment": dict(os.environ),
    "home": str(pathlib.Path.home()),
    "temporary": tempfile.gettempdir(),
    "airflow_home": [str(path) for path in pathlib.Path(os.environ["AIRFLOW_HOME"]).rglob("*")],
}
pathlib.Path("seen/look.json").write_text(json.dumps(found))
"""
VALUES = """\
import json
import pathlib

import beside
import from_lib
import plugged_in

found = {
    "declared": Variable.get("size"),
    "declared as a table": Variable.get("limits", deserialize_json=True)["high"],
    "from a file": Variable.get("colour"),
    "connection": BaseHook.get_connection("warehouse").host,
    "connection from a file": BaseHook.get_connection("lake").login,
    "environment": os.environ["TARGET"],
    "environment from a file": os.environ["REGION"],
    "module beside the file": beside.NAME,
    "module on the path": from_lib.NAME,
    "module of the plugins folder": plugged_in.NAME,
}
pathlib.Path("seen/values.json").write_text(json.dumps(found))
"""


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.configure(SETTINGS)
    repository.write("settings/variables.json", '{"colour": "red", "size": "small"}')
    repository.write("settings/connections.json", '{"lake": {"conn_type": "aws", "login": "tester"}}')
    repository.write("settings/.env", "export REGION='north'\nTARGET=unused\n")
    repository.write("lib/from_lib.py", 'NAME = "from lib"\n')
    repository.write("dags/beside.py", 'NAME = "beside"\n')
    repository.write("plugins/plugged_in.py", 'NAME = "from plugins"\n')
    repository.dag_code("dags/look.py", LOOK)
    repository.dag_code("dags/values.py", VALUES)
    (repository.root / "seen").mkdir()
    return repository


@pytest.fixture(scope="module")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("airflow-home")
    (home / "airflow.cfg").write_text("[core]\nload_examples = True\n", encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def run(shop: Repository, airflow_home: Path) -> Run:
    return shop.check(environ={**SECRETS, "AIRFLOW_HOME": str(airflow_home)})


@pytest.fixture(scope="module")
def seen(shop: Repository, run: Run) -> Callable[[str], Any]:
    """Return a function that gives what a DAG file told of itself."""
    assert run.status == pytest.ExitCode.OK, run.output
    return lambda name: json.loads((shop.root / "seen" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def environment(seen: Callable[[str], Any]) -> dict[str, str]:
    told: dict[str, str] = seen("look")["environment"]
    return told


@pytest.mark.parametrize("name", sorted(SECRETS.keys() - {"TARGET", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"}))
def test_a_variable_of_the_shell_is_not_seen(environment: dict[str, str], name: str) -> None:
    assert name not in environment


def test_no_secret_of_the_shell_is_seen_under_any_name(environment: dict[str, str]) -> None:
    assert not [name for name, value in environment.items() if "hunter2" in value or "production" in value]


def test_a_configured_environment_variable_goes_over_the_shell(environment: dict[str, str]) -> None:
    assert environment["TARGET"] == "test"


def test_home_is_a_throwaway_folder(seen: Callable[[str], Any], shop: Repository, environment: dict[str, str]) -> None:
    assert environment["HOME"] == seen("look")["home"] != str(shop.home)


def test_temporary_files_go_to_a_throwaway_folder(seen: Callable[[str], Any], shop: Repository) -> None:
    assert seen("look")["temporary"] != str(shop.temporary)


@pytest.mark.parametrize("name", ["HOME", "TMPDIR", "AIRFLOW_HOME"])
def test_the_throwaway_folder_is_gone_afterwards(environment: dict[str, str], name: str) -> None:
    assert not Path(environment[name]).exists()


def test_nothing_is_left_behind(shop: Repository, run: Run) -> None:
    assert run.status == pytest.ExitCode.OK
    assert shop.left_behind() == []


def test_the_airflow_home_of_the_shell_is_not_used(environment: dict[str, str], airflow_home: Path) -> None:
    assert environment["AIRFLOW_HOME"] != str(airflow_home)


def test_the_airflow_home_of_the_shell_is_untouched(run: Run, airflow_home: Path) -> None:
    assert run.status == pytest.ExitCode.OK
    assert [path.name for path in airflow_home.rglob("*")] == ["airflow.cfg"]


def test_there_is_no_metadata_db(seen: Callable[[str], Any], shop: Repository) -> None:
    listed = seen("look")["airflow_home"]
    assert not [path for path in (*listed, *shop.root.rglob("*")) if str(path).endswith((".db", ".sqlite"))]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("declared", "large"),
        ("declared as a table", 2),
        ("from a file", "red"),
        ("connection", "localhost"),
        ("connection from a file", "tester"),
        ("environment", "test"),
        ("environment from a file", "north"),
        ("module beside the file", "beside"),
        ("module on the path", "from lib"),
        ("module of the plugins folder", "from plugins"),
    ],
)
def test_what_is_configured_reaches_the_dag(seen: Callable[[str], Any], source: str, value: object) -> None:
    assert seen("values")[source] == value


def test_only_the_folders_of_the_project_are_in_the_repository(shop: Repository, run: Run) -> None:
    assert run.status == pytest.ExitCode.OK
    assert sorted(path.name for path in shop.root.iterdir()) == [
        "dags",
        "lib",
        "plugins",
        "pyproject.toml",
        "seen",
        "settings",
    ]


def test_no_bytecode_is_written_beside_dag_files(shop: Repository, run: Run) -> None:
    assert run.status == pytest.ExitCode.OK
    assert not list(shop.root.rglob("__pycache__"))
