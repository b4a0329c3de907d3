"""A virtual environment inside the repository, as uv makes it: none of its packages is compiled yet."""

from __future__ import annotations

import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagcheck.sandbox.namespaces import available

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugin.conftest import Repository, Run

# Takes Python a second to compile, and nothing to execute.
LARGE = "def never_called():\n" + "    x = [1, 2, {'a': (3, 4)}]\n" * 50_000


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    """One DAG file imports a large package, one a module of the repository that is as large."""
    shop = new_repository()
    venv.create(shop.root / ".venv")
    shop.python = str(shop.root / ".venv/bin/python")
    found = "\n".join(path for path in sys.path if Path(path).is_dir())  # pytest and Airflow, among others
    shop.write(f"{packages(shop)}/found.pth", found)
    shop.write(f"{packages(shop)}/large_package.py", LARGE)
    shop.write("dags/large_module.py", LARGE)
    shop.configure("parse_seconds = 0.4\n")
    for name in ("package", "module"):
        shop.dag_code(f"dags/etl_{name}.py", f"import large_{name}\nDAG('{name}', **DAILY)\n")
    return shop


@pytest.fixture(scope="module")
def run(shop: Repository) -> Run:
    return shop.check()


def packages(shop: Repository) -> Path:
    (folder,) = (shop.root / ".venv/lib").glob("python*/site-packages")
    return folder


def test_compiling_a_package_is_not_counted_as_parsing(run: Run) -> None:
    (finding,) = run.findings
    assert (finding.partition(":")[0], finding.endswith("[parse-slow]")) == ("dags/etl_module.py", True)


def test_the_bytecode_of_a_package_is_kept(shop: Repository, run: Run) -> None:
    assert run.status == pytest.ExitCode.OK
    assert list(packages(shop).glob("__pycache__/large_package.*"))


def test_beside_the_packages_the_virtual_environment_stays_read_only(shop: Repository) -> None:
    code = "import ctypes, os\nctypes.CDLL(None).open(os.path.abspath('.venv/new').encode(), os.O_CREAT, 0o600)\n"
    shop.dag_code("dags/etl_in_c.py", f"{code}DAG('in_c', **DAILY)\n")
    shop.check("dags/etl_in_c.py")
    assert (shop.root / ".venv/new").exists() != available().files
