from __future__ import annotations

import datetime
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.errors import UsageError
from dagcheck.rundate import RunDate, first_moment, last_moment, moment_text

UTC = datetime.timezone.utc
BERLIN = ZoneInfo("Europe/Berlin")
LEAP = datetime.datetime(2024, 2, 29, tzinfo=UTC)


def test_a_run_date_reads_as_its_logical_date_with_the_zone() -> None:
    assert str(RunDate(logical_date=LEAP, run_after=LEAP)) == "2024-02-29 00:00 UTC"


def test_another_zone_shows_its_offset_so_that_both_hours_of_a_fold_differ() -> None:
    first = datetime.datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN)
    assert moment_text(first) == "2024-10-27 02:30+02:00"
    assert moment_text(first.replace(fold=1)) == "2024-10-27 02:30+01:00"


def test_seconds_and_microseconds_are_shown_only_where_there_are_some() -> None:
    assert moment_text(LEAP.replace(second=5)) == "2024-02-29 00:00:05 UTC"
    last = LEAP.replace(hour=23, minute=59, second=59, microsecond=999999)
    assert moment_text(last) == "2024-02-29 23:59:59.999999 UTC"


def test_a_run_without_a_logical_date_says_so_and_when_it_starts() -> None:
    run = RunDate(logical_date=None, run_after=LEAP, run_type="asset_triggered")
    assert str(run) == "no logical date (asset_triggered, after 2024-02-29 00:00 UTC)"


@pytest.mark.parametrize("field", ["logical_date", "run_after", "data_interval"])
def test_a_datetime_without_a_zone_is_refused(field: str) -> None:
    naive = datetime.datetime(2024, 2, 29)  # noqa: DTZ001 - that is the fault
    fields = {"logical_date": LEAP, "run_after": LEAP, field: (LEAP, naive) if field == "data_interval" else naive}
    with pytest.raises(UsageError, match=r"2024-02-29 00:00:00 has no timezone"):
        RunDate(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-02-29", "2024-02-28T23:00"),
        ("2024-02-29 06:30", "2024-02-29T05:30"),
        ("2024-02-29T06:30:00", "2024-02-29T05:30"),
        ("2024-02-29T06:30+05:30", "2024-02-29T01:00"),
        ("2024-02-29T06:30:00Z", "2024-02-29T06:30"),
        ("2024-02-29 06:30 UTC", "2024-02-29T06:30"),
        ("2024-02-29 America/New_York", "2024-02-29T05:00"),
        ("2024-10-27 02:30+02:00 Europe/Berlin", "2024-10-27T00:30"),
        ("2024-10-27 02:30+01:00 Europe/Berlin", "2024-10-27T01:30"),
    ],
)
def test_a_text_without_offset_or_zone_is_read_in_the_zone_of_the_schedule(text: str, utc: str) -> None:
    expected = datetime.datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert first_moment(text, BERLIN).astimezone(UTC) == expected


@given(st.datetimes(timezones=st.sampled_from([UTC, BERLIN]), allow_imaginary=False))
def test_every_moment_is_read_from_its_own_text(moment: datetime.datetime) -> None:
    assert first_moment(moment_text(moment), ZoneInfo("Asia/Tokyo")).astimezone(UTC) == moment.astimezone(UTC)


@pytest.mark.parametrize("day", ["2024-03-31", datetime.date(2024, 3, 31), "2024-03-31 Europe/Berlin"])
def test_a_date_without_a_time_is_a_whole_day_also_one_of_23_hours(day: str | datetime.date) -> None:
    first, last = first_moment(day, BERLIN).astimezone(UTC), last_moment(day, BERLIN).astimezone(UTC)
    assert last - first == datetime.timedelta(hours=23) - datetime.timedelta(microseconds=1)


def test_a_date_with_a_time_is_one_moment() -> None:
    assert last_moment("2024-03-31 12:00", BERLIN) == first_moment("2024-03-31 12:00", BERLIN)


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("31.3.2024", "'31.3.2024' is no date: write a text such as"),
        ("2024-02-30", "'2024-02-30' is no date"),
        ("2024-01-01 Europe/Berlyn", "unknown timezone 'Europe/Berlyn'"),
        ("2024-01-01 ../etc/passwd", "is no date"),
        (20240101, "expected a date, got 20240101"),
        (datetime.datetime(2024, 1, 1), "datetime 2024-01-01 00:00:00 has no timezone"),  # noqa: DTZ001 - the fault
    ],
)
def test_what_is_no_date_is_refused_with_what_is_valid(when: Any, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        first_moment(when, UTC)
