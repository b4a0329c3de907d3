from __future__ import annotations

import site
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.sandbox.environment import ALLOWED, clean_environment, make_home

HOME = Path("/throwaway")
OUTSIDE = {
    "PATH": "/usr/bin",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "HOME": "/home/ci",
    "USER": "ci",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AIRFLOW_CONN_WAREHOUSE": "secret://",
    "AIRFLOW__CORE__FERNET_KEY": "secret",
    "https_proxy": "http://secret@proxy",
    "GITHUB_TOKEN": "secret",
    "PYTHONSTARTUP": "/home/ci/startup.py",
    "LD_PRELOAD": "/home/ci/lib.so",
    "SSH_AUTH_SOCK": "/run/agent",
}


def test_what_an_interpreter_needs_is_kept() -> None:
    kept = clean_environment(OUTSIDE, HOME, {})
    assert (kept["PATH"], kept["LC_ALL"], kept["TZ"]) == ("/usr/bin", "C.UTF-8", "UTC")


def test_no_secret_of_the_machine_is_kept() -> None:
    assert not any("secret" in value for value in clean_environment(OUTSIDE, HOME, {}).values())


@pytest.mark.parametrize("name", ["PYTHONSTARTUP", "LD_PRELOAD", "SSH_AUTH_SOCK", "GITHUB_TOKEN"])
def test_what_is_not_on_the_list_is_not_kept(name: str) -> None:
    assert name not in clean_environment(OUTSIDE, HOME, {})


NAMES = st.one_of(st.text(min_size=1), st.sampled_from([*OUTSIDE, "LC_X", "lang", "PATH2"]))


@given(st.dictionaries(NAMES, st.text()))
def test_nothing_gets_in_but_what_is_allowed_and_our_own(outside: dict[str, str]) -> None:
    own = clean_environment({}, HOME, {}).keys()
    inside = clean_environment(outside, HOME, {})
    assert all(name in ALLOWED or name.startswith("LC_") for name in inside.keys() - own)


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_what_is_configured_stands_above_everything(configured: dict[str, str]) -> None:
    assert clean_environment(OUTSIDE, HOME, configured).items() >= configured.items()


def test_home_and_temporary_directory_are_throwaway() -> None:
    inside = clean_environment({**OUTSIDE, "TMPDIR": "/var/tmp"}, HOME, {})  # noqa: S108 - asked, not used
    assert (inside["HOME"], inside["TMPDIR"]) == ("/throwaway/home", "/throwaway/tmp")


def test_packages_that_the_user_installed_for_himself_are_found_in_the_new_home() -> None:
    assert clean_environment(OUTSIDE, HOME, {})["PYTHONUSERBASE"] == site.getuserbase()


def test_the_machine_s_user_name_is_not_told() -> None:
    inside = clean_environment(OUTSIDE, HOME, {})
    assert "ci" not in (inside["USER"], inside["LOGNAME"])


def test_the_folders_that_the_environment_names_are_made(tmp_path: Path) -> None:
    make_home(tmp_path / "new")
    inside = clean_environment({}, tmp_path / "new", {})
    assert all(Path(folder).is_dir() for folder in (inside["HOME"], inside["TMPDIR"], tmp_path / "new" / "airflow"))


def test_only_the_user_can_enter_them(tmp_path: Path) -> None:
    make_home(tmp_path)
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("home", "tmp", "airflow")} == {0o700}


def test_making_a_home_twice_keeps_what_is_in_it(tmp_path: Path) -> None:
    make_home(tmp_path)
    (tmp_path / "home" / "file").touch()
    make_home(tmp_path)
    assert (tmp_path / "home" / "file").exists()
