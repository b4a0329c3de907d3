from __future__ import annotations

import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagcheck.corners import clock_changes, corner_moments
from dagcheck.rundate import moment_text

UTC = datetime.timezone.utc
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")]
BERLIN = ZONES[1]


def moment(text: str, zone: datetime.tzinfo = UTC) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone)


def texts(start: str, end: str, zone: datetime.tzinfo) -> list[str]:
    found = corner_moments(moment(start), moment(end), zone)
    return [moment_text(corner) for corners in found.values() for corner in corners]


CORNERS = texts("2020-01-01", "2024-12-31", UTC)
IN_BERLIN = texts("2024-01-01", "2024-12-31", BERLIN)


@pytest.mark.parametrize(
    "corner",
    [
        "2020-02-29 00:00 UTC", "2023-02-28 23:59:59.999999 UTC", "2024-03-01 00:00 UTC",  # leap days
        "2021-06-30 23:59:59.999999 UTC", "2021-07-01 00:00 UTC",  # months
        "2020-12-28 00:00 UTC", "2021-01-03 12:00 UTC",  # ISO week 53 of 2020
        "2022-01-01 00:00 UTC", "2023-12-31 23:59:59.999999 UTC",  # years, and days of the ISO year before
        *[f"2020-01-{day:02} 00:00 UTC" for day in range(6, 13)],  # each weekday
    ],
)  # fmt: skip
def test_the_corners_of_the_calendar_are_there(corner: str) -> None:
    assert corner in CORNERS


@pytest.mark.parametrize(
    "corner",
    [
        "2024-03-31 01:59:59.999999+01:00",
        "2024-03-31 03:00+02:00",
        "2024-10-27 02:30+02:00",
        "2024-10-27 02:59:59.999999+02:00",
        "2024-10-27 02:00+01:00",
        "2024-10-27 02:30+01:00",
    ],
)
def test_the_hours_in_which_clocks_change_are_there(corner: str) -> None:
    assert corner in IN_BERLIN


def test_an_ordinary_day_is_none() -> None:
    assert not [corner for corner in CORNERS if corner.startswith("2021-05-12")]


@settings(deadline=None)
@given(
    st.integers(0, 10**9).map(lambda seconds: moment("1990-01-01") + datetime.timedelta(seconds=seconds)),
    st.timedeltas(datetime.timedelta(), datetime.timedelta(days=500)),
    st.sampled_from(ZONES),
)
def test_corners_are_in_range_and_in_order(
    start: datetime.datetime, length: datetime.timedelta, zone: ZoneInfo
) -> None:
    for corners in corner_moments(start, start + length, zone).values():
        assert all(start <= one <= start + length for one in corners)
        assert all(one.astimezone(UTC) < other.astimezone(UTC) for one, other in pairwise(corners))


@pytest.mark.parametrize("zone", ZONES)
def test_the_offset_changes_exactly_at_a_clock_change(zone: ZoneInfo) -> None:
    changes = list(clock_changes(moment("2020-01-01"), moment("2025-01-01"), zone))
    assert len(changes) == (0 if zone.key in {"UTC", "Asia/Kolkata"} else 10)
    tick = datetime.timedelta(microseconds=1)
    assert all((c - tick).astimezone(zone).utcoffset() != c.astimezone(zone).utcoffset() for c in changes)
