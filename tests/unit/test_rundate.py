from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest

from dagcheck.rundate import RunDate, moment_text

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
    with pytest.raises(ValueError, match=r"2024-02-29 00:00:00 has no timezone"):
        RunDate(**fields)  # type: ignore[arg-type]
