"""A folder checked from end to end, without pytest's part."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from dagcheck.checking import FolderCheck
from dagcheck.config import Config
from dagcheck.errors import ConfigError
from dagcheck.results import Results
from dagcheck.shard import Shard
from probe_runs import AIRFLOW, GOOD, running

Begin = Callable[..., FolderCheck]
FILES = {
    "a_good.py": GOOD,
    "b_exits.py": f"{AIRFLOW}import os\nos._exit(0)\n",
    "c_secret.py": f"{AIRFLOW}import os\nassert 'secret' not in str(dict(os.environ))\n"
    + GOOD.replace("good", "third"),
    "d_fails.py": f"{AIRFLOW}1 / 0\n",
    "team/e_good.py": GOOD.replace("good", "other"),
}


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begins to check a new folder with these files; ended after the test."""
    begun: list[FolderCheck] = []

    def run(
        files: Mapping[str, str], *, narrow: tuple[str, ...] = (), shard: Shard | None = None, **values: object
    ) -> FolderCheck:
        for name, text in files.items():
            path = tmp_path / "dags" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        config = Config(rootdir=tmp_path, **values)  # type: ignore[arg-type]
        outside = {**os.environ, "CI_TOKEN": "secret"}
        paths = [tmp_path / path for path in narrow]
        check = FolderCheck(config, [tmp_path / "dags"], narrow=paths, shard=shard, outside=outside)
        begun.append(check)
        return check

    yield run
    for check in begun:
        check.close()


def told(results: Results) -> dict[str, list[str]]:
    return {name: [verdict.finding.check for verdict in result.verdicts] for name, result in results.files.items()}


def test_every_file_has_its_result_and_its_findings(begin: Begin) -> None:
    results = begin(FILES).results(lambda: None)
    assert told(results) == {
        "dags/a_good.py": [],
        "dags/b_exits.py": ["import-crash"],
        "dags/c_secret.py": [],
        "dags/d_fails.py": ["import-error"],
        "dags/team/e_good.py": [],
    }
    assert {name: len(result.dags) for name, result in results.files.items()}["dags/c_secret.py"] == 1
    assert (results.summary.files, results.summary.dags, results.summary.tasks) == (5, 3, 6)
    assert [name for name, result in results.files.items() if result.blocks_import] == ["dags/b_exits.py"]


def test_a_result_can_be_had_before_the_last_file_is_loaded(begin: Begin) -> None:
    check = begin({"a_good.py": GOOD, "b_hangs.py": f"{AIRFLOW}while True: pass\n"}, timeout=600, workers=2)
    assert list(check.files()) == ["dags/a_good.py", "dags/b_hangs.py"]
    assert [dag.dag_id for dag in check.result_of("dags/a_good.py", lambda: None).dags] == ["good"]
    assert check.progress == (1, 2)


def test_two_files_with_one_dag_id_are_both_told(begin: Begin) -> None:
    results = begin({"a.py": GOOD, "b.py": GOOD}).results(lambda: None)
    assert told(results) == {"dags/a.py": ["duplicate-dag-id"], "dags/b.py": ["duplicate-dag-id"]}


def test_only_the_files_below_the_given_paths_are_checked(begin: Begin) -> None:
    check = begin(FILES, narrow=("dags/team", "dags/d_fails.py"))
    assert list(check.files()) == ["dags/d_fails.py", "dags/team/e_good.py"]


def test_the_shards_of_a_folder_are_the_folder(begin: Begin) -> None:
    shards = [list(begin(FILES, shard=Shard(number, 2)).files()) for number in (1, 2)]
    assert sorted(shards[0] + shards[1]) == [f"dags/{name}" for name in FILES]


def test_a_folder_without_dag_files_is_an_error_that_says_what_was_looked_for(begin: Begin, tmp_path: Path) -> None:
    check = begin({"helper.py": "X = 1\n"})
    with pytest.raises(ConfigError, match="mention both 'airflow' and 'dag'") as raised:
        check.files()
    assert str(tmp_path / "dags") in str(raised.value)


def test_a_file_that_is_no_dag_file_is_an_error_that_names_it(begin: Begin, tmp_path: Path) -> None:
    check = begin({"a_good.py": GOOD, "helper.py": "X = 1\n"}, narrow=("dags/helper.py",))
    with pytest.raises(ConfigError, match="Airflow's safe mode") as raised:
        check.files()
    assert str(tmp_path / "dags" / "helper.py") in str(raised.value)


def test_a_wrong_configuration_leaves_no_home_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(ConfigError):
        FolderCheck(Config(rootdir=tmp_path, environment={"HOME": "/x"}), [tmp_path])
    assert list(tmp_path.iterdir()) == []


def test_closing_ends_all_processes_and_removes_the_home(begin: Begin) -> None:
    check = begin({"hangs.py": f"{AIRFLOW}while True: pass\n"}, timeout=600)
    check.files()
    check.close()
    check.close()
    assert not check.home.exists()
    assert running(check.home) == ()
