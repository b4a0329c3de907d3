"""What DAG code does to files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

Guarded = Callable[..., SimpleNamespace]

IMPORTS = "import os, pathlib, shutil, sqlite3, sysconfig, tempfile\n"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of the user's with a file in it."""
    folder = tmp_path / "outside"
    (folder / "sub").mkdir(parents=True)
    (folder / "old").write_text("old", encoding="utf-8")
    return folder


@pytest.fixture
def free(tmp_path: Path) -> Path:
    """A folder that the policy lets DAG code write to."""
    folder = tmp_path / "free"
    folder.mkdir()
    (folder / "mine").write_text("mine", encoding="utf-8")
    return folder


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, path.read_text(encoding="utf-8") if path.is_file() else "")
        for path in folder.rglob("*")
    }


CHANGES = {
    "open('old', 'w')": "old",
    "open('old', 'a')": "old",
    "open('old', 'r+')": "old",
    "open('new', 'x')": "new",
    "open(b'new', 'wb')": "new",
    "pathlib.Path('new').write_text('x')": "new",
    "pathlib.Path('new').touch()": "new",
    "os.open('old', os.O_WRONLY)": "old",
    "os.open('old', os.O_RDWR | os.O_TRUNC)": "old",
    "os.open('new', os.O_CREAT)": "new",
    "os.remove('old')": "old",
    "os.unlink('old')": "old",
    "pathlib.Path('old').unlink()": "old",
    "os.rmdir('sub')": "sub",
    "os.mkdir('new')": "new",
    "os.makedirs('new/deep')": "new",
    "os.truncate('old', 0)": "old",
    "os.chmod('old', 0o600)": "old",
    "os.chown('old', -1, -1)": "old",
    "os.rename('old', 'new')": "old",
    "os.replace('old', 'new')": "old",
    "os.link('old', 'new')": "old",
    "os.symlink('old', 'new')": "old",
    "shutil.rmtree('sub')": "sub",
    "shutil.move('old', 'new')": "old",
    "shutil.copy('old', 'new')": "new",
    "sqlite3.connect('new')": "new",
    "tempfile.mkstemp(dir='.', prefix='new')": "new",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_refused_at_the_user_s_line(guarded: Guarded, outside: Path, change: str) -> None:
    before = tree(outside)
    seen = guarded(f"{IMPORTS}os.chdir({str(outside)!r})\n{change}")
    file_events = [event for event in seen.events if event[0] == "file"]
    assert seen.error == "WriteRefusedError"
    assert [(Path(path).name[:3], *rest) for _, path, *rest in file_events] == [(CHANGES[change], "dag.py", 3, True, 1)]
    assert tree(outside) == before


def test_the_error_is_a_permission_error_that_names_the_path(guarded: Guarded, outside: Path) -> None:
    path = str(outside / "new")
    code = (
        f"try:\n    open({path!r}, 'w')\nexcept PermissionError as e:\n    told.update(errno=e.errno, path=e.filename)"
    )
    assert guarded(code).told == {"errno": 13, "path": path}


@pytest.mark.parametrize(
    "use",
    [
        "open('old').read()",
        "open('old', 'rb').read()",
        "os.open('old', os.O_RDONLY)",
        "os.listdir('.')",
        "os.stat('old')",
        "list(pathlib.Path('.').glob('*'))",
        "sqlite3.connect(':memory:')",
        "open(os.devnull, 'w').write('x')",
        "open(1, 'w', closefd=False)",
    ],
)
def test_what_changes_nothing_is_no_event(guarded: Guarded, outside: Path, use: str) -> None:
    seen = guarded(f"{IMPORTS}{use.replace('old', str(outside / 'old'))}")
    assert (seen.error, seen.events) == ("NoneType", [])


@pytest.mark.parametrize(
    "change",
    [
        "open('new', 'w').close()",
        "os.remove('mine')",
        "os.rename('mine', 'new')",
        "os.makedirs('new/deep')",
        "os.symlink('mine', 'new')",
        "shutil.copy('mine', 'new')",
        "sqlite3.connect('new').execute('create table t (x)')",
        "tempfile.TemporaryDirectory(dir='.').cleanup()",
    ],
)
def test_a_change_in_an_allowed_folder_is_done_and_no_event(guarded: Guarded, free: Path, change: str) -> None:
    seen = guarded(f"{IMPORTS}os.chdir({str(free)!r})\n{change}", writable=(str(free),))
    assert seen.error == "NoneType"
    assert [event for event in seen.events if event[0] == "file"] == []


@pytest.mark.parametrize("change", ["os.rename({mine!r}, {theirs!r})", "shutil.move({mine!r}, {theirs!r})"])
def test_moving_a_file_out_of_an_allowed_folder_is_refused(
    guarded: Guarded, outside: Path, free: Path, change: str
) -> None:
    call = change.format(mine=str(free / "mine"), theirs=str(outside / "new"))
    seen = guarded(IMPORTS + call, writable=(str(free),))
    assert seen.error == "WriteRefusedError"
    assert seen.events == [["file", str(outside / "new"), "dag.py", 2, True, 1]]


def test_moving_a_file_into_an_allowed_folder_is_refused(guarded: Guarded, outside: Path, free: Path) -> None:
    seen = guarded(f"{IMPORTS}os.rename({str(outside / 'old')!r}, {str(free / 'new')!r})", writable=(str(free),))
    assert (seen.error, (outside / "old").exists()) == ("WriteRefusedError", True)


def test_a_link_in_an_allowed_folder_leads_nowhere_else(guarded: Guarded, outside: Path, free: Path) -> None:
    (free / "link").symlink_to(outside)
    seen = guarded(f"open({str(free / 'link' / 'new')!r}, 'w')", writable=(str(free),))
    assert seen.error == "WriteRefusedError"


def test_byte_code_is_kept_out_of_the_user_s_folders_without_a_finding(guarded: Guarded, outside: Path) -> None:
    (outside / "helper.py").write_text("X = 1\n", encoding="utf-8")
    code = f"import sys\nsys.path.append({str(outside)!r})\nimport helper\ntold['x'] = helper.X"
    seen = guarded(code)
    assert (seen.told, seen.events) == ({"x": 1}, [])
    assert not (outside / "__pycache__").exists()


def test_byte_code_of_installed_packages_may_be_written(guarded: Guarded) -> None:
    path = "sysconfig.get_paths()['stdlib'] + '/no-such-folder/__pycache__/x.pyc'"
    code = f"{IMPORTS}import importlib._bootstrap_external as machinery\nmachinery._write_atomic({path}, b'')"
    assert guarded(code).error == "FileNotFoundError"


@pytest.mark.parametrize("name", ["__pycache__/x.pyc", "__pycache__/../x", "__pycache__/../../x/__pycache__/y"])
def test_byte_code_of_installed_packages_is_not_the_file_s_to_write(guarded: Guarded, name: str) -> None:
    code = f"{IMPORTS}open(sysconfig.get_paths()['stdlib'] + '/no-such-folder/{name}', 'wb')"
    assert guarded(code).error == "WriteRefusedError"


@pytest.mark.parametrize("call", ["os.mkfifo('{}/new')", "os.mknod('{}/new')", "os.utime('{}')"])
def test_what_raises_no_audit_event_is_refused_too(guarded: Guarded, outside: Path, call: str) -> None:
    seen = guarded(f"{IMPORTS}{call.format(outside)}")
    assert [(kind, refused) for kind, _, _, _, refused, _ in seen.events] == [("file", True)]
    assert seen.error == "WriteRefusedError"


@pytest.mark.parametrize("call", ["ftruncate({}, 1)", "fchmod({}, 0o600)", "fchown({}, -1, -1)", "utime({})"])
def test_an_open_file_may_be_changed_by_its_descriptor(guarded: Guarded, free: Path, call: str) -> None:
    change = f"os.{call.format('f.fileno()')}"
    code = f"{IMPORTS}with open({str(free / 'new')!r}, 'wb') as f:\n    {change}"
    seen = guarded(code, writable=(str(free),))
    assert (seen.error, seen.events) == ("NoneType", [])


@pytest.mark.parametrize("call", ["fchmod(f.fileno(), 0o666)", "chmod(os.devnull, 0o666)", "chown(f.fileno(), -1, -1)"])
def test_the_rights_of_a_device_that_may_be_written_are_not_the_files_to_change(guarded: Guarded, call: str) -> None:
    seen = guarded(f"{IMPORTS}with open(os.devnull, 'wb') as f:\n    os.{call}")
    assert seen.error == "WriteRefusedError"
    assert [(kind, detail, refused) for kind, detail, _, _, refused, _ in seen.events] == [("file", "/dev/null", True)]


def test_a_path_whose_class_runs_code_is_refused_unasked(guarded: Guarded, outside: Path) -> None:
    code = f"""{IMPORTS}import io
class Lie(os.PathLike):
    def __fspath__(self): return {str(outside / "new")!r}
    def __format__(self, _): told["asked"] = True; return os.devnull
io.FileIO(Lie(), "w")"""
    seen = guarded(code)
    assert (seen.error, seen.told) == ("WriteRefusedError", {})
