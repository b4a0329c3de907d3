"""Whatever the records say, checks give findings that can be shown."""

from __future__ import annotations

import typing
from collections.abc import Iterable

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from dagcheck.checks.registry import Settings, all_checks
from dagcheck.findings import Finding
from dagcheck.record import FileRecord, decode, encode
from dagcheck.spec import DagSpec

CHECKS = all_checks()
# What goes wrong most easily: escapes, surrogates, separators, text that looks like what hints look for.
AWKWARD = st.sampled_from([
    "", "\x1b[2J", "\udc80", "\u202e", "\n", "a\r\nb", "{}", "{0}", "%s", "'", "dags/etl.py", "../x", "/", "C:\\x",
    "No module named 'a.b'", "No module named 'airflow.providers.x'", "cannot import name 'x' from 'airflow.y'",
    "from a import (", "import ", "from . import x", "os.environ[", "DAG() got an unexpected keyword argument 'x'",
    "Invalid arguments were passed to XOperator (task_id: x). Invalid arguments were:\n**kwargs: {", "etl: x",
    "module 'airflow' has no attribute 'x'", "Please use ", "please use .", "(Use )", "1e999", "nan", "KeyError",
    "ModuleNotFoundError", "ImportError", "SyntaxError", "FileNotFoundError", "AirflowDagDuplicatedIdException",
    "x" * 2000, "signal 9",
])  # fmt: skip
TEXT = st.one_of(AWKWARD, st.text(max_size=30), st.lists(AWKWARD, max_size=3).map("".join))
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
# What discovery says, not DAG code.
OWN_FILES = st.sampled_from(["dags/etl.py", "dags/x.zip/etl.py", "/opt/dags/etl.py", "etl.py"])


PLAIN: dict[object, st.SearchStrategy[typing.Any]] = {
    str: TEXT,
    float: NUMBERS,
    int: st.integers(-300, 100_000),
    bool: st.booleans(),
    type(None): st.none(),
}


def _values(kind: typing.Any) -> st.SearchStrategy[typing.Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return st.lists(_values(arguments[0]), max_size=2).map(tuple)
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if arguments:  # X | None
        return st.one_of(*map(_values, arguments))
    return PLAIN[kind] if kind in PLAIN else _instances(kind)


def _instances(kind: type) -> st.SearchStrategy[typing.Any]:
    types = typing.get_type_hints(kind)
    fields = {field: _values(types[field]) for field in types}
    if kind is FileRecord:
        fields["file"] = OWN_FILES
    return st.builds(kind, **fields)


RECORDS = _instances(FileRecord)
QUICK = settings(
    deadline=None,
    max_examples=100,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def assert_fit_to_show(found: Iterable[Finding]) -> None:
    for finding in found:
        assert finding.check in CHECKS
        for line in finding.lines():
            assert line.isprintable(), line
            assert len(line) <= 8000, len(line)
        assert finding.what


@QUICK
@given(records=st.lists(RECORDS, max_size=2))
def test_any_record_gives_findings_that_can_be_shown(records: list[FileRecord]) -> None:
    for check in CHECKS.values():
        if check.scope == "folder":
            assert_fit_to_show(check.run(iter(records), Settings()))
        for record in records:
            for thing in {"file": [record], "dag": record.dags}.get(check.scope, []):
                assert_fit_to_show(check.run(thing, Settings()))


@QUICK
@given(record=RECORDS)
def test_every_failure_is_told_by_an_error(record: FileRecord) -> None:
    if record.failure is None:
        return
    errors = [check for check in CHECKS.values() if check.scope == "file" and check.level.value == "error"]
    found = [finding for check in errors for finding in check.run(record, Settings())]
    assert found
    imports = [finding for finding in found if finding.check.startswith("import-") and finding.dag_id is None]
    assert len(imports) <= 1 + len(record.further)


def test_the_awkward_texts_survive_the_process_border() -> None:
    record = FileRecord(file="dags/etl.py", dags=(DagSpec(dag_id="\x1b", file="dags/etl.py"),), unstable=("\x1b: x",))
    assert decode(encode(record)) == record
