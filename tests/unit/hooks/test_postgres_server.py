"""The launcher of PostgreSQL's own programs, as whoever runs the tests and, where that is root, as another user too."""

from __future__ import annotations

import json
import os
import pwd
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dagcheck.hooks.postgres.client import cursor
from dagcheck.hooks.postgres.programs import FOLDER_VARIABLE, copied, find_programs, reachable
from dagcheck.hooks.postgres.server import Server


def _in_a_fork(work: Callable[[], object], user: pwd.struct_passwd | None, home: Path) -> Any:
    """Return what `work` returns, or the text of its error, in a process of that user with a home of its own."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            if user is not None:
                os.setgroups([])
                os.setgid(user.pw_gid)
                os.setuid(user.pw_uid)
            os.environ.update(HOME=str(home), TMPDIR=str(home))
            tempfile.tempdir = None
            found: object = work()
        except BaseException as error:  # noqa: BLE001 -- the test looks at it
            found = repr(error)
        os.write(writer, json.dumps(found).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as answer:
        return json.load(answer)


def _used(environ: dict[str, str]) -> dict[str, object]:
    server = Server(environ)
    address = server.start()
    assert server.folder is not None
    owner = server.folder.stat().st_uid
    with cursor(address) as opened:
        opened.execute("SELECT current_user, 1 + 1")
        rows = [list(row) for row in opened.fetchall()]
    server.stop()
    return {"rows": rows, "own": owner == os.getuid(), "left": [path.name for path in server.folder.parent.iterdir()]}


def _programs_for(user: pwd.struct_passwd, place: Path) -> Path:
    """Return programs that the user may run."""
    programs = find_programs(os.environ)
    own = user.pw_uid == os.getuid() or reachable(programs / "postgres")
    return programs if own else copied(programs, place / "programs")


def _is_root() -> bool:
    return os.getuid() == 0


def test_a_server_answers_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        Path(home).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", home)
        assert _used(dict(os.environ)) == {"rows": [["dagcheck", 2]], "own": not _is_root(), "left": []}


@pytest.mark.parametrize("name", ["nobody"] if _is_root() else [pwd.getpwuid(os.getuid()).pw_name])
def test_an_ordinary_user_has_one_too_with_a_home_of_his_own(name: str) -> None:
    _used(dict(os.environ))  # a fork may not import anything: an interpreter below root's home is closed to others
    user = pwd.getpwnam(name)
    with tempfile.TemporaryDirectory(dir="/tmp") as made:  # everybody may enter it, unlike pytest's own
        place, home = Path(made), Path(made, "home")
        place.chmod(0o755)
        home.mkdir()
        os.chown(home, user.pw_uid, user.pw_gid)
        environ = {FOLDER_VARIABLE: str(_programs_for(user, place))}
        found = _in_a_fork(lambda: _used(environ), user if _is_root() else None, home)
        assert found == {"rows": [["dagcheck", 2]], "own": True, "left": []}
