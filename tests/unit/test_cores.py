from __future__ import annotations

import os
from pathlib import Path

import pytest

from dagcheck.cores import usable_cores


@pytest.fixture
def cpu_max(tmp_path: Path) -> Path:
    return tmp_path / "cpu.max"


def test_the_quota_of_a_container_limits_the_cores(cpu_max: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)), raising=False)
    cpu_max.write_text("250000 100000\n", encoding="ascii")
    assert usable_cores(cpu_max) == 3


@pytest.mark.parametrize("content", ["max 100000\n", "", "nonsense", "100 0"])
def test_without_a_quota_the_scheduler_decides(cpu_max: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 3}, raising=False)
    cpu_max.write_text(content, encoding="ascii")
    assert usable_cores(cpu_max) == 2


def test_where_the_scheduler_does_not_tell_all_cores_count(cpu_max: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert usable_cores(cpu_max) == 5


def test_there_is_always_one_core(cpu_max: Path) -> None:
    cpu_max.write_text("1000 100000\n", encoding="ascii")
    assert usable_cores(cpu_max) == 1
