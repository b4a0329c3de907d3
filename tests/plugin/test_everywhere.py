"""One module of tests on every tier, wherever the tier promises the same answer; container by `--containers`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

_DOCKER = ("DOCKER_HOST", "TESTCONTAINERS_RYUK_DISABLED")
MODULES = Path(__file__).with_name("everywhere")
NAMES = {
    path.stem: re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M) for path in MODULES.glob("*.py")
}
# What this environment cannot run is not collected: a lane with a skip has not run. Tests named real need a real far
# end, those named async also aiobotocore.
PROVIDERS = {"postgres": "airflow.providers.postgres", "s3": "airflow.providers.amazon"}


def _is_here(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:
        return False


def _can_run(tier: str, name: str) -> bool:
    kind = name.split("_")[1]
    if "data_frames" in name and not (_is_here("pandas") and version("sqlalchemy").startswith("2.")):
        return False  # pandas reads by SQLAlchemy, from 2.2 on only by its second generation; Airflow 2 has the first
    return kind not in {"real", "async"} or (tier != "fake" and (kind == "real" or _is_here("aiobotocore")))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test of each service on each tier."""
    tiers = ["fake", "embedded"]
    cases = [(service, tier, name) for service in sorted(NAMES) for tier in tiers for name in NAMES[service]]
    if metafunc.config.getoption("containers"):
        cases = [("postgres", "container", name) for name in NAMES["postgres"]]
    wanted = [
        (service, tier, name) for service, tier, name in cases if _is_here(PROVIDERS[service]) and _can_run(tier, name)
    ]
    metafunc.parametrize(("service", "tier", "name"), wanted, ids=["-".join(case) for case in wanted])


@pytest.fixture(scope="module")
def run_of(new_repository: Callable[[], Repository]) -> Callable[[str, str], Run]:
    """Run a module on a tier, once."""
    runs: dict[tuple[str, str], Run] = {}

    def run(service: str, tier: str) -> Run:
        if (service, tier) not in runs:
            repository = new_repository()
            repository.write("pyproject.toml", "[tool.pytest.ini_options]\ndagcheck_hermetic = true\n")
            repository.write(f"test_{service}.py", (MODULES / f"{service}.py").read_text(encoding="utf-8"))
            environ = {name: value for name, value in os.environ.items() if name in _DOCKER}
            runs[service, tier] = repository.pytest(
                "--dagcheck-backend", f"{service}={tier}", "--dagcheck-backend-strict", environ=environ
            )
            assert repository.left_behind() == []
            assert repository.processes() == []
        return runs[service, tier]

    return run


def test_it_holds(run_of: Callable[[str, str], Run], service: str, tier: str, name: str) -> None:
    run = run_of(service, tier)
    outcomes = [outcome for test, outcome in run.outcomes.items() if re.search(rf"::{name}(\[|$)", test)]
    assert set(outcomes) == {"PASSED"}, run.output
