from __future__ import annotations

import multiprocessing
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from dagcheck._airflow import dag_test_template
from dagcheck._airflow.dag_test_template import TemplateError, cache_directory, template
from dagcheck._airflow.versions import installed


@pytest.fixture
def migrations(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], int]:
    """Make a small DB instead of Airflow's, and count how often."""
    log = tmp_path / "migrations"
    code = """
import os, sqlite3, time
open(LOG, "a").write("x")
time.sleep(0.3)
db = sqlite3.connect(os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].removeprefix("sqlite:///"))
db.executescript("CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES (1)")
"""
    code = code.replace("LOG", repr(str(log)))
    monkeypatch.setattr(dag_test_template, "_MIGRATE", code)
    return lambda: len(log.read_text())


def test_the_real_template_is_migrated_and_empty() -> None:
    with sqlite3.connect(template()) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert {"dag", "dag_run", "task_instance", "xcom"} <= tables
        assert db.execute("SELECT count(*) FROM dag_run").fetchone() == (0,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_it_is_made_once(tmp_path: Path, migrations: Callable[[], int]) -> None:
    first = template(tmp_path / "cache")
    assert (template(tmp_path / "cache"), migrations()) == (first, 1)


def test_its_name_tells_the_version(tmp_path: Path, migrations: Callable[[], int]) -> None:
    assert template(tmp_path / "cache").name.startswith(f"metadata-{installed()}-")
    assert migrations() == 1


def test_another_way_to_make_it_has_another_name(
    tmp_path: Path, migrations: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = template(tmp_path / "cache")
    monkeypatch.setattr(dag_test_template, "_MIGRATE", dag_test_template._MIGRATE + "#")  # noqa: SLF001
    assert template(tmp_path / "cache") != first
    assert migrations() == 2


@pytest.mark.parametrize("damage", [b"", b"nothing of a database", None])
def test_a_broken_one_is_made_again(tmp_path: Path, migrations: Callable[[], int], damage: bytes | None) -> None:
    path = template(tmp_path / "cache")
    path.write_bytes(path.read_bytes()[:4096] if damage is None else damage)
    assert template(tmp_path / "cache") == path
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [(1,)]
    assert migrations() == 2


def test_many_processes_make_one(tmp_path: Path, migrations: Callable[[], int]) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        paths = pool.map(template, [tmp_path / "cache"] * 4)
    assert (len(set(paths)), migrations()) == (1, 1)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, migrations: Callable[[], int]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    path = template(blocked / "cache")
    assert tmp_path not in path.parents
    assert stat.S_ISREG(path.stat().st_mode)
    assert migrations() == 1


def test_what_airflow_printed_is_told_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dag_test_template, "_MIGRATE", "raise SystemExit('no such table')")
    with pytest.raises(TemplateError, match="no such table"):
        template(tmp_path)
    assert not list(tmp_path.glob("*.db*"))


def test_the_cache_is_where_the_platform_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "dagcheck"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")  # the specification: to be ignored
    assert cache_directory() == Path(os.environ["HOME"]) / ".cache" / "dagcheck"
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache_directory() == Path(os.environ["HOME"]) / "Library" / "Caches" / "dagcheck"
