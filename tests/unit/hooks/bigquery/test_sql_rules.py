"""Rules of GoogleSQL that hold for all values, against Python's own calendar and arithmetic."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from dagcheck.hooks.bigquery.results import Field, Parameter
from dagcheck.hooks.bigquery.sql import Engine

few = settings(max_examples=40, deadline=None)
days = st.dates(date(1, 1, 8), date(9999, 12, 20))
int64s = st.integers(-(2**63), 2**63 - 1)
numerics = st.decimals(-(10**18), 10**18, places=9, allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(codec="utf-8"), max_size=12)
moments = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone.utc))


@functools.cache
def _engine() -> Engine:
    return Engine()


def _value(sql: str, *values: tuple[str, Any]) -> Any:
    """Return the only value of a query; a parameter is a type of the REST API, [] after it if repeated, and a value."""
    parameters = [
        Parameter(
            field=Field(name="", type=kind.removesuffix("[]"), mode="REPEATED" if kind.endswith("[]") else "NULLABLE"),
            value=value,
        )
        for kind, value in values
    ]
    [[value]] = _engine().run(sql, parameters=parameters, project="p").rows
    return value


def _same(sql: str, expected: Sequence[Any], *values: tuple[str, Any]) -> None:
    """Compare several values of one row, written as one STRUCT."""
    assert list(_value(sql, *values).values()) == list(expected)


@few
@given(days, days)
def test_date_diff_counts_mondays_and_sundays_and_days(late: date, early: date) -> None:
    def weeks(first: int) -> int:
        start_late, start_early = (day.toordinal() - (day.weekday() - first) % 7 for day in (late, early))
        return (start_late - start_early) // 7

    sql = (
        "WITH t AS (SELECT ? AS a, ? AS b) SELECT STRUCT(DATE_DIFF(a, b, DAY), DATE_DIFF(a, b, ISOWEEK),"
        " DATE_DIFF(a, b, WEEK(MONDAY)), DATE_DIFF(a, b, WEEK), DATE_DIFF(a, b, MONTH), DATE_DIFF(a, b, ISOYEAR))"
        " FROM t"
    )
    months = (late.year - early.year) * 12 + late.month - early.month
    isoyears = late.isocalendar()[0] - early.isocalendar()[0]
    _same(sql, [(late - early).days, weeks(0), weeks(0), weeks(6), months, isoyears], ("DATE", late), ("DATE", early))


@few
@given(days)
def test_date_trunc_and_extract_agree_with_the_iso_calendar(day: date) -> None:
    year, week, weekday = day.isocalendar()
    sql = (
        "WITH t AS (SELECT ? AS d) SELECT STRUCT(DATE_TRUNC(d, ISOWEEK), DATE_TRUNC(d, ISOYEAR),"
        " EXTRACT(ISOYEAR FROM d), EXTRACT(ISOWEEK FROM d), EXTRACT(DAYOFWEEK FROM d),"
        " FORMAT_DATE('%G-%V-%u', d)) FROM t"
    )
    monday, first = date.fromisocalendar(year, week, 1), date.fromisocalendar(year, 1, 1)
    _same(sql, [monday, first, year, week, weekday % 7 + 1, f"{year}-{week:02d}-{weekday}"], ("DATE", day))


@few
@given(days, st.integers(-5000, 5000))
def test_what_date_add_adds_date_sub_and_minus_take_away(day: date, count: int) -> None:
    other = date.fromordinal(min(max(day.toordinal() + count, 1), date.max.toordinal()))
    count = (other - day).days
    sql = (
        "WITH t AS (SELECT ? AS d, ? AS n) SELECT STRUCT(DATE_ADD(d, INTERVAL n DAY),"
        " DATE_SUB(DATE_ADD(d, INTERVAL n DAY), INTERVAL n DAY), d + n) FROM t"
    )
    _same(sql, [other, day, other], ("DATE", day), ("INTEGER", count))


@few
@given(moments, st.sampled_from(["America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Europe/Berlin", "UTC"]))
def test_a_moment_in_a_zone_is_what_its_clocks_show(moment: datetime, zone: str) -> None:
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    sql = (
        "WITH t AS (SELECT ? AS m, ? AS z) SELECT STRUCT(DATETIME(m, z), DATE(m, z),"
        " EXTRACT(HOUR FROM m AT TIME ZONE z), FORMAT_TIMESTAMP('%F %H:%M:%E6S', m, z)) FROM t"
    )
    _same(
        sql, [local, local.date(), local.hour, f"{local:%Y-%m-%d %H:%M:%S.%f}"], ("TIMESTAMP", moment), ("STRING", zone)
    )


@few
@given(moments, moments)
def test_timestamp_diff_counts_whole_hours(late: datetime, early: datetime) -> None:
    micros = (late - early) // timedelta(microseconds=1)
    hours = abs(micros) // 3_600_000_000 * (1 if micros >= 0 else -1)
    assert _value("SELECT TIMESTAMP_DIFF(?, ?, HOUR)", ("TIMESTAMP", late), ("TIMESTAMP", early)) == hours


@few
@given(st.lists(int64s, max_size=8))
def test_unnest_with_offset_gives_the_array_back_and_counts_from_zero(values: list[int]) -> None:
    sql = (
        "WITH t AS (SELECT ? AS a) SELECT STRUCT(ARRAY(SELECT x FROM UNNEST(a) AS x WITH OFFSET AS o ORDER BY o),"
        " ARRAY(SELECT o FROM UNNEST(a) WITH OFFSET AS o ORDER BY o),"
        " ARRAY(SELECT a[OFFSET(o)] FROM UNNEST(a) WITH OFFSET AS o ORDER BY o)) FROM t"
    )
    _same(sql, [values, list(range(len(values))), values], ("INTEGER[]", values))


@few
@given(st.lists(st.none() | int64s, min_size=1, max_size=8))
def test_nulls_come_first_where_the_order_ascends(values: list[int | None]) -> None:
    given_values = [value for value in values if value is not None]
    nulls = len(values) - len(given_values)
    array = ", ".join("NULL" if value is None else f"({value})" for value in values)
    sql = f"SELECT ARRAY(SELECT IFNULL(CAST(x AS STRING), '-') FROM UNNEST([{array}]) AS x ORDER BY x)"
    assert _value(sql) == ["-"] * nulls + [str(value) for value in sorted(given_values)]


@few
@given(int64s, int64s.filter(bool))
def test_div_is_towards_zero_and_mod_has_the_sign_of_the_first(one: int, other: int) -> None:
    quotient = abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)
    if quotient == 2**63:
        return
    sql = "WITH t AS (SELECT ? AS a, ? AS b) SELECT STRUCT(DIV(a, b), MOD(a, b)) FROM t"
    _same(sql, [quotient, one - quotient * other], ("INTEGER", one), ("INTEGER", other))


@few
@given(numerics, st.integers(-3, 8))
def test_round_of_a_numeric_is_half_away_from_zero(value: Decimal, digits: int) -> None:
    unit = Decimal(1).scaleb(-digits)
    expected = (value / unit).to_integral_value(ROUND_HALF_UP) * unit
    assert _value("SELECT ROUND(?, ?)", ("NUMERIC", value), ("INTEGER", digits)) == expected


@few
@given(numerics, numerics)
def test_numerics_are_added_and_summed_exactly(one: Decimal, other: Decimal) -> None:
    sql = (
        "WITH t AS (SELECT ? AS a, ? AS b) SELECT STRUCT(a + b, a - b, (SELECT SUM(x) FROM UNNEST([a, b]) AS x)) FROM t"
    )
    _same(sql, [one + other, one - other, one + other], ("NUMERIC", one), ("NUMERIC", other))


@few
@given(texts, st.integers(-15, 15), st.integers(0, 15))
def test_substr_counts_from_one_and_from_the_end(text: str, position: int, length: int) -> None:
    start = position - 1 if position > 0 else max(len(text) + position, 0) if position else 0
    expected = text[start : start + length]
    assert _value("SELECT SUBSTR(?, ?, ?)", ("STRING", text), ("INTEGER", position), ("INTEGER", length)) == expected


@few
@given(texts)
def test_a_text_comes_back_from_a_parameter_and_through_bytes_and_hex(text: str) -> None:
    sql = (
        "WITH t AS (SELECT ? AS s) SELECT STRUCT(s, LENGTH(s), CAST(CAST(s AS BYTES) AS STRING),"
        " CAST(FROM_HEX(TO_HEX(CAST(s AS BYTES))) AS STRING)) FROM t"
    )
    _same(sql, [text, len(text), text, text], ("STRING", text))


@few
@given(
    st.recursive(
        st.none() | st.booleans() | int64s | texts,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.from_regex(r"[a-z_]{1,6}", fullmatch=True), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_a_json_comes_back_from_its_text(value: Any) -> None:
    text = json.dumps(value)
    found = _value("SELECT TO_JSON_STRING(PARSE_JSON(?))", ("STRING", text))
    assert json.loads(found) == value


@few
@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,6}", fullmatch=True), st.booleans() | int64s | texts, min_size=1, max_size=4
    )
)
def test_json_value_finds_each_member_as_a_text(members: dict[str, Any]) -> None:
    text = json.dumps(members)
    for name, value in members.items():
        expected = value if isinstance(value, str) else json.dumps(value)
        assert _value(f"SELECT JSON_VALUE(?, '$.{name}')", ("STRING", text)) == expected
