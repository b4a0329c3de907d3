"""Which tier a test gets, who says so, and what happens where that tier cannot run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

TESTS = """
    import pytest


    def test_plain(mock_postgres, mock_s3):
        print(f"plain: {mock_postgres.tier} {mock_s3.tier};")


    @pytest.mark.dagcheck_backend("fake", s3="embedded")
    def test_marked(mock_postgres, mock_s3):
        print(f"marked: {mock_postgres.tier} {mock_s3.tier};")


    @pytest.mark.dagcheck_backend("contaner")
    def test_no_such_tier(mock_s3):
        pass


    @pytest.mark.dagcheck_backend(postgers="fake")
    def test_no_such_service(mock_s3):
        pass


    @pytest.mark.dagcheck_backend("container")
    def test_container(mock_s3):
        pass
"""
NO_ENGINE = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.write("tests/test_it.py", TESTS)
    return repository


@pytest.fixture(scope="module")
def unconfigured(shop: Repository) -> Run:
    return shop.pytest("-s", environ=NO_ENGINE)


@pytest.fixture(scope="module")
def configured(shop: Repository) -> Run:
    shop.configure('backend = "embedded"\nbackend_strict = true')
    try:
        return shop.pytest("-s", "--dagcheck-backend", "s3=fake", environ=NO_ENGINE)
    finally:
        shop.write("pyproject.toml", "[tool.pytest.ini_options]\n")


def _told(run: Run) -> str:
    (line,) = [line for line in run.output.splitlines() if line.startswith("dagcheck: mocked hooks: ")]
    return line.removeprefix("dagcheck: mocked hooks: ")


def test_without_a_word_it_is_embedded_where_that_can_run(unconfigured: Run) -> None:
    assert "plain: embedded embedded;" in unconfigured.output


def test_the_command_line_wins_over_the_configuration_for_the_services_it_names(configured: Run) -> None:
    assert "plain: embedded fake;" in configured.output


def test_a_marker_wins_over_both(configured: Run) -> None:
    assert "marked: fake embedded;" in configured.output


def test_the_header_says_who_chose_what(configured: Run) -> None:
    assert _told(configured) == (
        "bigquery=embedded (pyproject.toml), postgres=embedded (pyproject.toml), s3=fake (--dagcheck-backend), "
        "a tier that cannot run is a failure"
    )
    assert configured.output.index("mocked hooks") < configured.output.index("collected ")


def test_where_nobody_chose_it_is_said_once_a_test_will_use_it(unconfigured: Run) -> None:
    assert _told(unconfigured).endswith("postgres=embedded (auto), s3=embedded (auto)")


def test_nothing_is_said_where_no_test_uses_it(repository: Repository) -> None:
    repository.write("test_it.py", "def test_nothing(no_network):\n    pass\n")
    assert "mocked hooks" not in repository.pytest().output


def test_a_chosen_tier_that_cannot_run_skips_with_the_reason_and_who_chose(unconfigured: Run) -> None:
    (line,) = [line for line in unconfigured.output.splitlines() if line.startswith("SKIPPED")]
    assert "s3 in a container: no Docker engine answers (" in line
    assert line.endswith("start one, or set DOCKER_HOST (chosen by @pytest.mark.dagcheck_backend)")
    assert "tests/test_it.py" in line


def test_where_it_is_strict_that_is_a_failure(configured: Run) -> None:
    assert configured.outcomes["tests/test_it.py::test_container"] == "ERROR"
    assert "no Docker engine answers" in configured.output
    assert "another exception" not in configured.output


def test_a_marker_is_checked_as_a_call_is(unconfigured: Run) -> None:
    assert "unknown tier 'contaner'; did you mean 'container'?" in unconfigured.output
    assert "pytest.mark.dagcheck_backend got an unexpected keyword argument 'postgers'" in unconfigured.output
    outcomes = unconfigured.outcomes
    assert {outcomes[f"tests/test_it.py::{name}"] for name in ("test_no_such_tier", "test_no_such_service")} == {
        "ERROR"
    }


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("embeded", "--dagcheck-backend: backend: unknown tier 'embeded'; did you mean 'embedded'"),
        ("mysql=fake", "--dagcheck-backend: backend: unknown service 'mysql'"),
    ],
)
def test_a_wrong_option_ends_the_session(shop: Repository, option: str, told: str) -> None:
    run = shop.pytest("--dagcheck-backend", option)
    assert (run.status, told in run.errors) == (pytest.ExitCode.USAGE_ERROR, True)
