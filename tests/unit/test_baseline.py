from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck import baseline
from dagcheck.baseline import Baseline, Entry
from dagcheck.errors import ConfigError
from dagcheck.findings import Finding


def finding(
    what: str = "wrong", file: str = "dags/a.py", line: int | None = 1, check: str = "cycle", dag_id: str | None = None
) -> Finding:
    return Finding(check=check, file=file, line=line, dag_id=dag_id, what=what)


def known(*findings: Finding) -> Baseline:
    counts: dict[Entry, int] = {}
    for one in findings:
        counts[Entry.of(one)] = counts.get(Entry.of(one), 0) + 1
    return Baseline(counts)


def listing(parts: str) -> str:
    return f'{{"version": 1, "findings": [{{"file": "a", "task": "", "check": "c", "what": "w", {parts}}}]}}'


TEXTS = st.text(max_size=20)
FINDINGS = st.lists(
    st.builds(
        Finding,
        check=st.sampled_from(["cycle", "parse-slow"]),
        file=st.sampled_from(["dags/a.py", "dags/b.py", "dags/\ud800.py"]),
        line=st.none() | st.integers(1, 99),
        dag_id=st.none() | TEXTS,
        task_id=st.none() | TEXTS,
        what=TEXTS,
    ),
    max_size=8,
)


@given(FINDINGS)
def test_what_was_written_is_known_and_not_stale(
    tmp_path_factory: pytest.TempPathFactory, found: list[Finding]
) -> None:
    path = tmp_path_factory.mktemp("baseline") / "b.json"
    files = {one.file for one in found}
    written = baseline.write(path, found, files)
    assert baseline.read(path) == written
    assert written.split(found)[0] == []
    assert sorted(written.split(found)[1], key=repr) == sorted(found, key=repr)
    assert written.stale(found, files) == []


def test_a_finding_is_known_again_after_its_line_moved() -> None:
    assert known(finding(line=3)).split([finding(line=30)]) == ([], [finding(line=30)])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ValueError at dags/a.py:12", "ValueError at dags/a.py:13"),
        ("'(' was never closed, line 3", "'(' was never closed, line 14"),
        ("<object at 0x7f3a> is not a task", "<object at 0x7f99beef> is not a task"),
        ("took 2.31 s to import", "took 12 s to import"),
        ("took 900 ms", "took 1000 ms"),
        ("uses 3000 MiB", "uses 2999 MiB"),
    ],
)
def test_what_moves_from_run_to_run_is_no_part_of_a_finding(before: str, after: str) -> None:
    assert known(finding(before)).split([finding(after)])[0] == []


@pytest.mark.parametrize(
    "other",
    [
        finding("wrong too"),
        finding(file="dags/b.py"),
        finding(check="no-dag"),
        finding(dag_id="etl"),
        finding("needs 3 retries"),
    ],
)
def test_another_finding_is_new(other: Finding) -> None:
    assert known(finding(), finding("needs 2 retries")).split([other]) == ([other], [])


def test_the_same_finding_twice_is_two() -> None:
    first, second = finding(line=1), finding(line=2)
    assert known(first).split([second, first]) == ([second], [first])
    assert known(first, second).split([second, first]) == ([], [first, second])


def test_an_entry_whose_finding_is_gone_is_stale() -> None:
    [stale] = known(finding(dag_id="etl")).stale([], ["dags/a.py"])
    assert (stale.check, stale.file, stale.dag_id) == ("stale-baseline", "dags/a.py", "etl")
    assert stale.what == "the baseline lists what is not there any more: wrong [cycle]"


def test_an_entry_that_is_there_less_often_is_stale() -> None:
    [stale] = known(finding(), finding()).stale([finding()], ["dags/a.py"])
    assert stale.what == "the baseline lists 2 times what is there 1 times: wrong [cycle]"


def test_an_entry_of_a_file_that_was_not_run_is_not_stale() -> None:
    assert known(finding()).stale([], ["dags/b.py"]) == []


def test_an_entry_whose_file_is_gone_is_stale_if_the_rootdir_is_given(tmp_path: Path) -> None:
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags/there.py").touch()
    (tmp_path / "dags/all.zip").touch()
    entries = known(*(finding(file=f"dags/{name}") for name in ("gone.py", "there.py", "all.zip/member.py")))
    assert [stale.file for stale in entries.stale([], [], tmp_path)] == ["dags/gone.py"]
    assert entries.stale([], []) == []


def test_the_file_is_sorted_readable_and_the_same_whatever_the_order(tmp_path: Path) -> None:
    found = [finding("b\u00e4d", "dags/b.py"), finding(), finding(line=9), finding(dag_id="a")]
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    baseline.write(one, found, [])
    baseline.write(two, found[::-1], [])
    assert one.read_bytes() == two.read_bytes()
    content = json.loads(one.read_text(encoding="utf-8"))
    assert content["findings"] == [
        {"file": "dags/a.py", "dag": "", "task": "", "check": "cycle", "what": "wrong", "count": 2},
        {"file": "dags/a.py", "dag": "a", "task": "", "check": "cycle", "what": "wrong", "count": 1},
        {"file": "dags/b.py", "dag": "", "task": "", "check": "cycle", "what": "b\u00e4d", "count": 1},
    ]
    assert "b\u00e4d" in one.read_text(encoding="utf-8")


def test_shards_add_up(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    all_files = ["dags/a.py", "dags/b.py"]
    baseline.write(path, [finding(), finding(file="dags/b.py")], all_files)
    whole = path.read_bytes()
    path.unlink()
    baseline.write(path, [finding()], ["dags/a.py"])
    baseline.write(path, [finding(file="dags/b.py")], ["dags/b.py"], baseline.read(path))
    assert path.read_bytes() == whole


def test_a_finding_in_a_helper_that_two_shards_share_keeps_the_higher_count(tmp_path: Path) -> None:
    helper = finding(file="lib/factory.py")
    [(_, count)] = baseline.write(tmp_path / "b.json", [helper] * 2, ["dags/a.py"], known(helper)).counts.items()
    assert count == 2
    [(_, count)] = baseline.write(tmp_path / "b.json", [helper], ["dags/a.py"], known(helper, helper)).counts.items()
    assert count == 2


def test_writing_again_drops_what_was_repaired_in_the_files_of_the_run(tmp_path: Path) -> None:
    previous = known(finding(), finding(file="dags/b.py"), finding(file="dags/gone.py"))
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags/b.py").touch()
    kept = baseline.write(tmp_path / "b.json", [], ["dags/a.py"], previous, tmp_path)
    assert [entry.file for entry in kept.counts] == ["dags/b.py"]


def test_stale_entries_are_not_recorded(tmp_path: Path) -> None:
    assert baseline.write(tmp_path / "b.json", [finding(check="stale-baseline")], []).counts == {}


def test_writing_leaves_nothing_else_and_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    baseline.write(tmp_path / "link.json", [finding()], [])
    assert (tmp_path / "link.json").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "real.json"]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no/b\.json: cannot be written: No such file or directory"):
        baseline.write(tmp_path / "no" / "b.json", [], [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<<<<<<< HEAD\n", "is not JSON: line 1: Expecting value"),
        ("[]", "expected a table with a list of findings"),
        ('{"version": 1, "findings": {}}', "expected a table with a list of findings"),
        ('{"version": 2, "findings": []}', "is of version 2, this dagcheck reads version 1"),
        (
            '{"version": 1, "findings": [3]}',
            r"findings\[0\]: expected the texts file, dag, task, check, what and a count",
        ),
        (listing('"dag": "", "count": 0'), r"findings\[0\]: expected"),
        (listing('"dag": "", "count": true'), r"findings\[0\]: expected"),
        (listing('"dag": null, "count": 1'), r"findings\[0\]: expected"),
    ],
)
def test_a_malformed_file_is_told_with_its_path(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=f"^baseline {path}: {reason}"):
        baseline.read(path)


def test_a_missing_file_is_told_with_the_option_that_writes_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no such file; --dagcheck-write-baseline writes it"):
        baseline.read(tmp_path / "b.json")


def test_a_folder_is_no_baseline(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        baseline.read(tmp_path)
