from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.probe.spool import Spool
from dagcheck.record import FileRecord, encode


@pytest.fixture
def spool() -> Iterator[Spool]:
    spool = Spool()
    yield spool
    spool.close()


def line(name: str) -> bytes:
    return encode(FileRecord(file=name)).encode()


@given(st.lists(st.tuples(st.integers(0, 5), st.text(max_size=20)), max_size=20))
def test_a_spool_holds_the_last_record_of_each_number(puts: list[tuple[int, str]]) -> None:
    spool = Spool()
    for number, name in puts:
        spool.put(number, line(name))
    assert {number: spool.get(number).file for number in range(6) if number in spool} == dict(puts)
    spool.close()


def test_records_come_in_the_order_of_their_numbers(spool: Spool) -> None:
    for number in (7, 0, 3):
        spool.put(number, line(f"{number}.py"))
    assert [record.file for record in spool] == ["0.py", "3.py", "7.py"]


def test_a_number_that_was_never_put_is_not_there(spool: Spool) -> None:
    spool.put(1, line("1.py"))
    assert (0 in spool, 1 in spool) == (False, True)
    with pytest.raises(KeyError):
        spool.get(0)


def test_an_empty_spool_has_no_records(spool: Spool) -> None:
    assert list(spool) == []


def test_a_closed_spool_holds_nothing_open(spool: Spool) -> None:
    spool.put(0, line("0.py"))
    spool.close()
    with pytest.raises(ValueError, match="closed file"):
        spool.get(0)


def test_records_can_be_put_while_others_are_read(spool: Spool) -> None:
    spool.put(0, line("0.py"))
    reader = iter(spool)
    first = next(reader)
    spool.put(0, line("other.py"))
    assert (first.file, spool.get(0).file) == ("0.py", "other.py")


def test_one_thread_may_write_while_another_reads(spool: Spool) -> None:
    def write() -> None:
        for number in range(300):
            spool.put(number, line(f"{number}.py" * (number % 7 + 1)))

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        for number in range(300):
            if number in spool:
                assert spool.get(number).file == f"{number}.py" * (number % 7 + 1)
    writer.join()
    assert len(list(spool)) == 300
