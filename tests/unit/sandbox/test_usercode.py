from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import dagcheck
from dagcheck.sandbox.usercode import UserCode

FILES = (
    "repo/dags/etl.py", "repo/dags/archive.zip", "repo/dags/caf\udce9.py", "repo/common/helper.py", "repo/a/b.py",
    "repo/.venv/lib/python3.12/site-packages/pandas/core.py", "repo/dist-packages/x.py", "repo2/etl.py",
    "shared/etl.py", "shared2/etl.py", "plugins/hooks.py", "elsewhere.py", "env/site-packages/company/dags/etl.py",
)  # fmt: skip


@pytest.fixture
def code(tmp_path: Path) -> UserCode:
    for name in FILES:
        path = Path(os.fsencode(tmp_path / name).decode(errors="surrogateescape"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return UserCode(
        str(tmp_path / "repo"), [str(tmp_path / "repo" / "dags"), str(tmp_path / "shared")], [str(tmp_path / "plugins")]
    )


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("repo/dags/etl.py", "dags/etl.py"),
        ("repo/common/helper.py", "common/helper.py"),
        ("repo/dags/../common/helper.py", "common/helper.py"),
        ("repo/dags/archive.zip/etl.py", "dags/archive.zip/etl.py"),
        ("repo/dags/archive.zip/common/sql/helper.py", "dags/archive.zip/common/sql/helper.py"),
    ],
)
def test_code_below_the_rootdir_is_the_user_s_and_relative_to_it(
    tmp_path: Path, code: UserCode, path: str, shown: str
) -> None:
    assert code.own(str(tmp_path / path)) == shown


@pytest.mark.parametrize("path", ["shared/etl.py", "plugins/hooks.py"])
def test_code_of_other_roots_is_the_user_s_and_absolute(tmp_path: Path, code: UserCode, path: str) -> None:
    assert code.own(str(tmp_path / path)) == f"{tmp_path}/{path}"


@pytest.mark.parametrize(
    "path",
    [
        "repo2/etl.py",
        "shared2/etl.py",
        "repo/.venv/lib/python3.12/site-packages/pandas/core.py",
        "repo/dist-packages/x.py",
        "elsewhere.py",
    ],
)
def test_other_and_installed_code_is_not_the_user_s(tmp_path: Path, code: UserCode, path: str) -> None:
    assert code.own(str(tmp_path / path)) is None


@pytest.mark.usefixtures("code")
def test_code_that_is_installed_into_a_dag_folder_is_the_user_s(tmp_path: Path) -> None:
    folder = tmp_path / "env" / "site-packages" / "company" / "dags"
    assert UserCode(str(tmp_path), [str(folder)]).own(str(folder / "etl.py")) == "env/site-packages/company/dags/etl.py"


def test_a_dag_folder_may_be_a_single_file(tmp_path: Path) -> None:
    file = tmp_path / "outside" / "etl.py"
    file.parent.mkdir()
    file.touch()
    code = UserCode(str(tmp_path / "repo"), [str(file)])
    assert (code.own(str(file)), code.own(str(file.with_name("other.py")))) == (str(file), None)


def test_the_standard_library_is_not_the_user_s_wherever_the_rootdir_is() -> None:
    assert UserCode("/", []).own(sysconfig.get_paths()["stdlib"] + "/json/decoder.py") is None


def test_dagcheck_is_not_the_user_s_wherever_the_rootdir_is() -> None:
    assert UserCode("/", []).own(str(Path(dagcheck.__file__).parent / "spec.py")) is None


@pytest.mark.parametrize("path", ["", "<string>", "<frozen importlib._bootstrap>"])
def test_code_without_a_file_is_not_the_user_s(code: UserCode, path: str) -> None:
    assert code.own(path) is None


@pytest.mark.usefixtures("code")
def test_a_rootdir_of_the_machine_gives_paths_below_it(tmp_path: Path) -> None:
    path = f"{tmp_path}/repo/dags/etl.py"
    assert UserCode("/", []).own(path) == path.removeprefix("/")


def test_code_of_a_file_that_does_not_exist_is_nobody_s(tmp_path: Path, code: UserCode) -> None:
    assert code.own(f"{tmp_path}/repo/dags/invented.py") is None


def test_any_path_can_be_shown(tmp_path: Path, code: UserCode) -> None:
    assert code.relative(str(tmp_path / "repo" / "a" / "b.py")) == "a/b.py"
    assert code.relative("/opt/b.py") == "/opt/b.py"


def test_a_relative_path_is_taken_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "etl.py").touch()
    assert UserCode(str(tmp_path), []).own("etl.py") == "etl.py"


def test_a_path_once_known_stays_known_when_the_working_directory_is_gone(tmp_path: Path) -> None:
    program = """if True:
        import os
        from dagcheck.sandbox.usercode import UserCode
        code = UserCode(os.getcwd(), [])
        code.own("etl.py"), code.relative("etl.py")
        os.remove("etl.py")
        os.rmdir(os.getcwd())
        assert (code.own("etl.py"), code.relative("etl.py")) == ("etl.py", "etl.py")
    """
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "etl.py").touch()
    assert subprocess.run([sys.executable, "-c", program], cwd=tmp_path / "gone", check=False).returncode == 0


def frame_in(*files: str) -> FrameType:
    """A frame of the last file, called by the one before it, and so on; each call is in line 2."""
    step: Callable[[], FrameType] = lambda: sys._getframe(1)  # noqa: E731 - the step within all others
    for file in reversed(files):
        module: dict[str, Any] = {"__file__": file, "inner": step}
        exec(compile("\ndef step(): return inner()\n", file, "exec"), module)  # noqa: S102 - user code
        step = module["step"]
    return step()


def test_a_frame_of_the_user_s_is_found(tmp_path: Path, code: UserCode) -> None:
    assert code.find(frame_in(f"{tmp_path}/repo/dags/etl.py")) == ("dags/etl.py", 2)


def test_a_frame_s_place_has_the_file_s_name_as_python_knows_it(tmp_path: Path, code: UserCode) -> None:
    assert code.place(frame_in(f"{tmp_path}/repo/dags/etl.py")) == (f"{tmp_path}/repo/dags/etl.py", 2)


def test_a_frame_of_a_library_is_not_found(code: UserCode) -> None:
    frame = frame_in("/usr/lib/x.py")
    assert (code.find(frame), code.place(frame)) == (None, None)


def test_the_innermost_frame_of_the_user_s_stands_below_libraries(tmp_path: Path, code: UserCode) -> None:
    frame = frame_in(f"{tmp_path}/repo/dags/etl.py", f"{tmp_path}/repo/common/helper.py", "/usr/lib/x.py")
    assert code.innermost(frame) == ("common/helper.py", 2)


def test_code_that_was_compiled_under_another_file_s_name_is_nobody_s(tmp_path: Path, code: UserCode) -> None:
    module: dict[str, Any] = {"__file__": f"{tmp_path}/repo/dags/etl.py", "sys": sys}
    program = compile("frame = sys._getframe()", f"{tmp_path}/repo/common/helper.py", "exec")
    exec(program, module)  # noqa: S102 - a DAG file
    assert (code.find(module["frame"]), code.place(module["frame"])) == (None, None)


@pytest.mark.parametrize("file", [None, "etl.py", 7])
def test_code_of_a_module_that_changed_its_name_is_still_that_file_s(
    tmp_path: Path, code: UserCode, file: object
) -> None:
    path = f"{tmp_path}/repo/dags/etl.py"
    module: dict[str, Any] = {"__file__": file, "__spec__": ModuleSpec("etl", None, origin=path), "sys": sys}
    exec(compile("frame = sys._getframe()", path, "exec"), module)  # noqa: S102 - a DAG file
    assert code.find(module["frame"]) == ("dags/etl.py", 1)


def test_a_module_s_name_is_asked_for_without_running_its_code(tmp_path: Path, code: UserCode) -> None:
    class Odd:
        origin = property(lambda _: 1 / 0)
        __ne__ = lambda *_: 1 / 0 == 0  # noqa: E731 - short

    path = f"{tmp_path}/repo/dags/etl.py"
    module: dict[str, Any] = {"__file__": Odd(), "__spec__": Odd(), "sys": sys}
    exec(compile("frame = sys._getframe()", path, "exec"), module)  # noqa: S102 - a DAG file
    assert code.find(module["frame"]) is None


@pytest.mark.parametrize("show", [UserCode.relative, UserCode.own])
def test_a_path_whose_bytes_are_no_text_is_shown_with_escapes(
    tmp_path: Path, code: UserCode, show: Callable[[UserCode, str], str]
) -> None:
    assert show(code, f"{tmp_path}/repo/dags/caf\udce9.py") == "dags/caf\\udce9.py"


def test_a_stack_without_the_user_s_code_has_no_place() -> None:
    assert UserCode("/nowhere", []).innermost() == (None, None)


def test_without_a_frame_the_caller_s_stack_is_searched() -> None:
    line = sys._getframe().f_lineno + 1
    file, found = UserCode(str(Path(__file__).parent), []).innermost()
    assert (file, found) == (Path(__file__).name, line)
