from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagcheck.record import (
    Cost,
    Deprecation,
    Event,
    Failure,
    FileRecord,
    Frame,
    Orphan,
    Raised,
    Refusal,
    decode,
    decode_spec,
    encode,
)
from dagcheck.spec import DagSpec, ExternalRef, TaskSpec

SLOW = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
RECORDS = st.from_type(FileRecord)

# One of everything, so that a field that is dropped on the way is missed whatever the random records hold.
FULL = FileRecord(
    file="dags/etl.py",
    seconds=1.5,
    dags=(
        DagSpec(
            dag_id="etl",
            file="dags/etl.py",
            schedule="@daily",
            tasks=(
                TaskSpec(
                    task_id="wait",
                    operator="ExternalTaskSensor",
                    line=7,
                    execution_timeout=60.0,
                    waits_for=(ExternalRef(dag_id="orders", task_ids=("load",)),),
                ),
            ),
        ),
    ),
    failure=Failure(
        kind="exception",
        chain=(Raised(type="KeyError", message="'x'", frames=(Frame(file="a.py", line=1, function="f"),), name="x"),),
        frames=(Frame(file="a.py", line=1, function="f", text="f()"),),
        status=3,
        output="last words",
    ),
    refusals=(Refusal(dag_id="etl", type="AirflowDagCycleException", message="cycle", line=2),),
    events=(Event(kind="network", detail="db:5432", file="a.py", line=3, refused=True, count=2),),
    deprecations=(Deprecation(category="DeprecationWarning", message="old", file="a.py", line=4),),
    costs=(Cost(what="pandas", seconds=0.5, file="a.py", line=5),),
    orphans=(Orphan(kind="uncalled", name="etl", line=6),),
    factories=("common/shop.py:12",),
    volatile=("now",),
    unstable=("etl: schedule is a in one parse and b in another",),
)


def with_value(**changes: Any) -> str:
    return json.dumps({"file": "dags/etl.py", **changes})


@SLOW
@given(RECORDS)
def test_a_record_survives_json(record: FileRecord) -> None:
    assert repr(decode(encode(record))) == repr(record)  # repr, so that nan is itself


def test_no_part_of_a_record_is_lost() -> None:
    assert decode(encode(FULL)) == FULL


@SLOW
@given(RECORDS)
def test_an_encoded_record_is_one_printable_ascii_line(record: FileRecord) -> None:
    line = encode(record)
    assert line.isascii()
    assert line.isprintable()


@pytest.mark.parametrize("text", ["\udc80", "a\ud83db", "\ud83d\ude00", "\\ud83d", "\U0001f600"])
def test_text_with_lone_surrogates_arrives_with_visible_escapes(text: str) -> None:
    record = FileRecord(file="etl.py", events=(Event(kind="thread", detail=text),))
    shown = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if text == "\ud83d\ude00":  # JSON knows no difference between such a pair and the character that it means
        shown = "\U0001f600"
    assert decode(encode(record)).events[0].detail == shown


def test_bytes_are_decoded_as_text_is() -> None:
    assert decode(encode(FULL).encode("ascii")) == FULL


def test_what_is_decoded_is_frozen() -> None:
    with pytest.raises(AttributeError):
        decode(encode(FULL)).seconds = 0.0  # type: ignore[misc]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        "null",
        "[]",
        '"dags/etl.py"',
        "{'file': 'x'}",
        '{"file": "x"',
        '{"file": "x"} {"file": "y"}',
        b'{"file": "\xff"}',
        with_value(file=None),
        with_value(file=1),
        with_value(seconds="soon"),
        with_value(dags={}),
        with_value(dags="etl"),
        with_value(dags=[{"dag_id": "etl"}]),
        with_value(dags=[{"dag_id": "etl", "file": "x", "tasks": [{"task_id": "t"}]}]),
        with_value(dags=[{"dag_id": "etl", "file": "x", "tags": [1]}]),
        with_value(failure={}),
        with_value(failure={"kind": "misfortune"}),
        with_value(failure={"kind": "exit", "status": 1.5}),
        with_value(failure={"kind": "exit", "frames": [{"file": "x", "line": "first", "function": "f"}]}),
        with_value(events=[{"kind": "theft", "detail": "x"}]),
        with_value(events=[{"kind": "network"}]),
        with_value(orphans=[{"kind": "lost", "name": "x"}]),
    ],
)
def test_what_is_no_record_is_refused(line: str | bytes) -> None:
    with pytest.raises(ValueError, match="FileRecord"):
        decode(line)


@pytest.mark.parametrize("line", ["", "{}", '{"dag_id": "etl"}', '{"dag_id": 1, "file": "x"}', encode(FULL)])
def test_what_is_no_spec_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="DagSpec"):
        decode_spec(line)
