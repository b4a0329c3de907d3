"""One hostile DAG file of each kind between two innocent ones: with nothing else to load, no error hides another."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dag_corpus import differences, read_file
from dagcheck.checks.registry import all_checks
from dagcheck.findings import Level
from hostile_folder import CORPUS, START, TIMEOUT, check, neighbour

pytestmark = pytest.mark.every_version

# a way out of each kind; `--hostile-ways=all` has more of each
SOME = (
    "exit_os_zero.py", "signal_stop.py", "segfault_unseen.py", "loop_swallowing.py", "memory_small.py",
    "atexit_exits.py", "patch_probe.py", "forge_own.py", "sweep_exits.py",
)  # fmt: skip
OTHERS = (
    "exit_pytest.py", "thread_exits_later.py", "fork_goes_on.py", "clear_builtins.py", "descriptors_closed.py",
    "kill_group.py", "folder_deleted.py", "sweep_hangs_swallowing.py", "sweep_forges.py",
)  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    everything = metafunc.config.getoption("hostile_ways") == "all"
    metafunc.parametrize("name", SOME + OTHERS if everything else SOME)


def test_a_file_alone_costs_neither_neighbour(tmp_path: Path, name: str) -> None:
    dags = tmp_path / "dags"
    dags.mkdir()
    shutil.copy(CORPUS / name, dags)
    hostile = replace(read_file(CORPUS / name), certain=False)
    files = [neighbour(dags, "aaa_before.py"), hostile, neighbour(dags, "zzz_after.py")]
    folder = check(tmp_path, files, "-n0", "--dagcheck-workers=1", seconds=START + 5 * TIMEOUT)
    run = folder.run
    assert {file.name: told for file in files if (told := differences(file, run.of(f"dags/{file.name}")))} == {}
    is_error = any(all_checks()[finding.check].level is Level.ERROR for finding in run.findings)
    assert run.status == (pytest.ExitCode.TESTS_FAILED if is_error else pytest.ExitCode.OK)
    assert run.left_running == ()
    assert folder.before == folder.after
