"""Odd files for a DAG folder that no repository can or should hold: made where they are needed."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from dag_corpus import CorpusFile, Expected, read_comments

GOOD = '''"""An innocent Airflow DAG file."""
# dags: {dag_id}
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("{dag_id}", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
'''
BAD = '''"""An Airflow DAG file that fails."""
raise ValueError("as it must")  # expect: import-error @here contains "as it must"
'''
EXITS = '''"""An Airflow DAG file that exits."""
import os

os._exit(0)  # expect: import-crash @here contains "status 0"
'''

_GOOD_NAMES = (
    "json.py", "random.py", "conftest_.py", "two words.py", "dots.in.name.py", "Ünïcödé.py", "per%s cent%d.py",
    "{braces}.py", "[brackets].py", "colons::in::name.py", "-p.py", "@file.py", f"{'long' * 60}.py",
)  # fmt: skip


def write_odd_files(folder: Path) -> list[CorpusFile]:
    """Write all of them and return what is expected of each; those that are no DAG files have no expectations."""
    return [file for write in (_sources, _names, _archives, _no_files) for file in write(folder)]


def _sources(folder: Path) -> Iterator[CorpusFile]:
    long_text = b"x = '" + b"x" * 2_000_000 + b"'"
    for name, source in {
        "odd_null.py": b"# airflow dag\nn = 1\0\n# expect: import-error\n",
        "odd_utf16.py": ("\ufeff" + GOOD.format(dag_id="odd_utf16")).encode("utf-16-le")
        + b"# airflow dag\n# expect: import-error\n",
        "odd_one_line.py": GOOD.format(dag_id="odd_one_line").encode() + long_text + b"\n",
        "odd_many_lines.py": b"# airflow dag\n"
        + b"#\n" * 200_000
        + b'raise ValueError("late")  # expect: import-error @here\n',
        "odd_empty.py": b"",
        "odd_words_only.py": b"airflow dag",
        "odd_form_feed.py": b"# airflow dag\n\x0c\x0b\nraise ValueError(1)\n# expect: import-error\n",
    }.items():
        (folder / name).write_bytes(source)
        if name == "odd_words_only.py":
            yield CorpusFile(name=name, expected=(Expected(checks=("import-error",), line=1),))
        elif name != "odd_empty.py":
            yield read_comments(name, source)


def _names(folder: Path) -> Iterator[CorpusFile]:
    """Good and bad files whose names have something in them that somebody may stumble over."""
    for name in _GOOD_NAMES:
        dag_id = f"named_{sum(map(ord, name))}"
        source = GOOD.format(dag_id=dag_id)
        (folder / name).write_text(source, encoding="utf-8")
        yield read_comments(name, source.encode())
    for name in ("test_exits.py", "exits_test.py"):
        (folder / name).write_text(EXITS, encoding="utf-8")
        yield read_comments(name, EXITS.encode())
    (folder / os.fsdecode(b"latin-\xe9.py")).write_text(BAD, encoding="utf-8")  # Airflow cannot even name its module
    yield CorpusFile(name=os.fsdecode(b"latin-\xe9.py"), expected=(Expected(checks=("import-error",)),))
    for raw in (b"line\nend.py", b"\x1b[31mred.py", b"carriage\rreturn.py", b"bidi-\xe2\x80\xae.py"):
        (folder / os.fsdecode(raw)).write_text(BAD, encoding="utf-8")
        yield read_comments(os.fsdecode(raw), BAD.encode())


def _archives(folder: Path) -> Iterator[CorpusFile]:
    (folder / "odd_corrupt.zip").write_bytes(b"PK\x03\x04 airflow dag" + bytes(1_000))
    yield _zip(
        folder, "odd_good.zip", lambda z: z.writestr("inside.py", GOOD.format(dag_id="odd_inside")), dags="odd_inside"
    )
    yield _zip(folder, "odd_exits.zip", lambda z: z.writestr("exits.py", EXITS), "import-crash")
    yield _zip(folder, "odd_fails.zip", lambda z: z.writestr("fails.py", BAD), "import-error")
    yield _zip(folder, "odd_bomb.zip", _bomb, "import-crash", "import-timeout", "import-error")
    yield _zip(folder, "odd_outside.zip", lambda z: z.writestr("../../outside.py", "# airflow dag\n" + EXITS))


def _zip(folder: Path, name: str, fill: Callable[[zipfile.ZipFile], None], *checks: str, dags: str = "") -> CorpusFile:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        fill(archive)
    return CorpusFile(name=name, expected=(Expected(checks=checks),) if checks else (), dags=(dags,) if dags else ())


def _bomb(archive: zipfile.ZipFile) -> None:
    with archive.open("bomb.py", "w") as member:
        member.write(b"# airflow dag\nx = b'")
        block = b"x" * (1 << 20)
        for _ in range(1_500):
            member.write(block)
        member.write(b"'\n")


def _no_files(folder: Path) -> Iterator[CorpusFile]:
    """Nothing that Airflow would parse: it wants regular files."""
    os.mkfifo(folder / "odd_fifo.py")
    (folder / "odd_endless.py").symlink_to("/dev/zero")
    (folder / "odd_dangling.py").symlink_to("nowhere.py")
    (folder / "odd_self.py").symlink_to("odd_self.py")
    (folder / "odd_folder.py").mkdir()
    (folder / "odd_deep").mkdir()
    (folder / "odd_deep" / "exits.py").write_text(EXITS, encoding="utf-8")
    yield read_comments("odd_deep/exits.py", EXITS.encode())
