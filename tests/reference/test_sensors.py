"""Sensors on real files and a real database, in virtual time."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.shop import REGIONS, TIMEZONE
from dagcheck import run_dag
from dagcheck.assertions import assert_task
from dagcheck.stores import airflow_connections

if TYPE_CHECKING:
    from dagcheck.hooks.postgres.mock import MockPostgres

DAY = "2024-03-05"
STARTS = datetime(2024, 3, 5, 23, tzinfo=timezone.utc)  # the run of DAY begins when that day ends in Amsterdam
AMSTERDAM = ZoneInfo(TIMEZONE)
ROWS = "order_id,region,quantity\n1,eu-west,2\n2,us-east,1\n"


def _share(folder: Path) -> dict[str, Any]:
    return {"partner_share": {"conn_type": "fs", "extra": {"path": str(folder)}}}


def _write(file: Path, text: str, written: datetime) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    os.utime(file, (written.timestamp(), written.timestamp()))
    return file


# D11


@pytest.mark.pattern("D11", how="real files")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(0, 64), age=st.timedeltas(timedelta(hours=-1), timedelta(hours=48)))
def test_a_file_is_taken_if_it_is_large_and_fresh_enough(tmp_path: Path, size: int, age: timedelta) -> None:
    from common.sensors.validated_file import ValidatedFileSensor

    _write(tmp_path / "a.csv", "x" * size, STARTS - age)
    sensor = ValidatedFileSensor(
        task_id="wait", filepath="a.csv", fs_conn_id="partner_share", min_bytes=32, max_age=timedelta(hours=24)
    )
    with airflow_connections(_share(tmp_path)), time_machine.travel(STARTS, tick=False):
        found = sensor.poke({})
    assert bool(found.is_done) == (size >= 32 and age <= timedelta(hours=24))


@pytest.mark.pattern("D11", how="real files")
@pytest.mark.parametrize(
    ("size", "age", "taken"),
    [(31, 0, False), (32, 0, True), (32, 86_400, True), (32, 86_401, False), (0, 0, False)],
)
def test_the_limits_themselves_are_fine(tmp_path: Path, size: int, age: int, taken: bool) -> None:  # noqa: FBT001
    test_a_file_is_taken_if_it_is_large_and_fresh_enough.hypothesis.inner_test(tmp_path, size, timedelta(seconds=age))
    assert taken == (size >= 32 and age <= 86_400)


@pytest.mark.pattern("D11", how="real files")
@pytest.mark.parametrize(
    ("written", "noon", "taken"),
    [
        (datetime(2024, 3, 30, 11, 30, tzinfo=AMSTERDAM), datetime(2024, 3, 31, 12, tzinfo=AMSTERDAM), True),
        (datetime(2024, 10, 26, 12, 30, tzinfo=AMSTERDAM), datetime(2024, 10, 27, 12, tzinfo=AMSTERDAM), False),
    ],
    ids=["a day of 23 hours", "a day of 25 hours"],
)
def test_the_age_of_a_file_does_not_jump_when_clocks_change(
    tmp_path: Path, written: datetime, noon: datetime, *, taken: bool
) -> None:
    """By the clock on the wall it would be 24.5 hours instead of 23.5, and the other way round."""
    from common.sensors.validated_file import ValidatedFileSensor

    _write(tmp_path / "a.csv", "x", written)
    sensor = ValidatedFileSensor(
        task_id="wait", filepath="a.csv", fs_conn_id="partner_share", max_age=timedelta(hours=24)
    )
    with airflow_connections(_share(tmp_path)), time_machine.travel(noon, tick=False):  # its zone becomes the machine's
        assert bool(sensor.poke({}).is_done) == taken


@pytest.mark.pattern("D11", how="real files")
def test_the_sensor_waits_until_the_file_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from common.sensors.validated_file import ValidatedFileSensor

    file, looks = tmp_path / DAY / "orders.csv", []
    real = ValidatedFileSensor.poke

    def poke(self: Any, context: Any) -> Any:
        looks.append(datetime.now(timezone.utc))
        states = {2: ("", STARTS), 3: (ROWS, STARTS - timedelta(days=2)), 4: (ROWS, STARTS)}
        if len(looks) in states:
            _write(file, *states[len(looks)])
        return real(self, context)

    monkeypatch.setattr(ValidatedFileSensor, "poke", poke)
    run = run_dag("validated_file", DAY, connections=_share(tmp_path))
    assert [one.state for one in run.tries["wait_for_file"]] == [*["up_for_reschedule"] * 3, "success"]
    pauses = [later - earlier for earlier, later in pairwise(looks)]
    assert timedelta(minutes=5) <= min(pauses) <= max(pauses) < timedelta(minutes=6)
    assert run.xcom("wait_for_file") == str(file)
    assert run.xcom("count_rows") == 2


@pytest.mark.pattern("D11", how="real files")
def test_a_file_that_never_comes_fails_the_wait(tmp_path: Path) -> None:
    run = run_dag("validated_file", DAY, connections=_share(tmp_path))
    assert run.states == {"wait_for_file": "failed", "count_rows": "upstream_failed"}
    assert run.errors["wait_for_file"].type.endswith("AirflowSensorTimeout")
    waited = run.tries["wait_for_file"][-1].end - run.tries["wait_for_file"][0].start
    assert timedelta(hours=6) <= waited < timedelta(hours=6, minutes=10)


@pytest.mark.pattern("D11", how="real files")
def test_the_path_is_that_of_the_connection_and_of_the_date(
    tmp_path: Path, same_with_airflow: Callable[..., Any]
) -> None:
    file = _write(tmp_path / DAY / "orders.csv", ROWS, datetime.now(timezone.utc))  # dag.test() runs today
    run = same_with_airflow("validated_file", DAY, connections=_share(tmp_path))
    assert run.rendered["wait_for_file"]["filepath"] == f"{DAY}/orders.csv"
    assert run.xcom("wait_for_file") == str(file)


@pytest.mark.pattern("D11")
def test_the_sensor_gives_its_worker_back() -> None:
    assert_task("validated_file", "wait_for_file", mode="reschedule", poke_interval=300, timeout=6 * 3_600)


# D12


def _row(number: int, day: str, quantity: int = 1) -> dict[str, Any]:
    return {
        "order_id": f"{day}-{number}", "day": day, "region": "eu-west", "product": "lamp", "quantity": quantity,
        "refund": 0,
    }  # fmt: skip


@pytest.mark.pattern("D12", how="PostgreSQL")
def test_rows_of_the_runs_own_date_end_the_wait(
    shop_database: MockPostgres, same_with_airflow: Callable[..., Any]
) -> None:
    shop_database.seed("shop_orders", [_row(number, DAY) for number in range(10)])
    run = same_with_airflow("database_record", DAY)
    assert run.rendered["wait_for_orders"]["parameters"] == {"day": DAY}
    assert run.xcom("summarise") == {"day": DAY, "orders": 10, "products": 1}


@pytest.mark.pattern("D12", how="PostgreSQL")
def test_rows_that_come_later_are_seen_at_the_next_look(
    shop_database: MockPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    from common.sensors.database_record import DatabaseRecordSensor

    shop_database.seed("shop_orders", [_row(number, "2024-03-04") for number in range(50)])
    shop_database.seed("shop_orders", [_row(number, DAY) for number in range(7)])
    shop_database.seed("shop_orders", [_row(number, DAY, quantity=0) for number in range(100, 150)])
    real, looks = DatabaseRecordSensor.poke, []

    def poke(self: Any, context: Any) -> Any:
        looks.append(1)
        if len(looks) == 3:
            shop_database.seed("shop_orders", [_row(number, DAY) for number in range(7, 10)])
        return real(self, context)

    monkeypatch.setattr(DatabaseRecordSensor, "poke", poke)
    run = run_dag("database_record", DAY)
    assert [one.state for one in run.tries["wait_for_orders"]] == [*["up_for_reschedule"] * 2, "success"]
    assert run.state == "success"


@pytest.mark.pattern("D12", how="PostgreSQL")
def test_an_error_of_the_database_is_not_taken_for_not_yet(shop_database: MockPostgres) -> None:
    shop_database.execute("ALTER TABLE shop_orders RENAME COLUMN quantity TO amount")
    run = run_dag("database_record", DAY)
    assert [one.state for one in run.tries["wait_for_orders"]] == ["up_for_retry", "failed"]
    assert "quantity" in run.errors["wait_for_orders"].message


@pytest.mark.pattern("D12", how="PostgreSQL")
@pytest.mark.parametrize("sql", ["SELECT 1 WHERE false", "SELECT NULL", "SELECT max(quantity) FROM shop_orders"])
def test_no_row_and_null_are_none(shop_database: MockPostgres, sql: str) -> None:
    from common.sensors.database_record import DatabaseRecordSensor

    assert shop_database.query("SELECT count(*) AS n FROM shop_orders") == [{"n": 0}]
    assert DatabaseRecordSensor(task_id="wait", conn_id="shop_db", sql=sql).poke({}) is False


@pytest.mark.pattern("D12")
def test_sql_and_parameters_are_templates(dagbag: Any) -> None:
    sensor = dagbag["database_record"].get_task("wait_for_orders")
    assert {"sql", "parameters"} <= set(sensor.template_fields)


# E15


@pytest.mark.pattern("E15", how="real files")
def test_waits_are_deferred_until_their_files_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from common.triggers import file_arrived

    real = file_arrived.arrived
    _write(tmp_path / "eu-west.csv", ROWS, STARTS)  # there from the beginning
    looks: dict[str, int] = {}

    def arrived(path: str) -> bool:
        looks[Path(path).name] = looks.get(Path(path).name, 0) + 1
        if looks[Path(path).name] == 4:
            _write(Path(path), ROWS, STARTS)
        return real(path)

    import_module("common.sensors.deferred_file")  # whose own look is not to be replaced
    monkeypatch.setattr(file_arrived, "arrived", arrived)
    run = run_dag("deferred_waits", DAY, connections=_share(tmp_path))
    states = {key: [one.state for one in tries] for key, tries in run.tries.items() if key.startswith("wait")}
    assert states == {
        "wait_for_region[0]": ["success"],
        "wait_for_region[1]": ["deferred", "success"],
        "wait_for_region[2]": ["deferred", "success"],
    }
    first, second = run.tries["wait_for_region[1]"]
    assert first.end - first.start < timedelta(seconds=30)  # the worker is free while the trigger waits
    assert second.start - first.end >= timedelta(minutes=15)
    assert run.xcom("bytes_by_file") == {f"{region}.csv": len(ROWS) for region in REGIONS}


@pytest.mark.pattern("E15", how="real files")
def test_a_file_that_never_comes_ends_the_deferral(tmp_path: Path) -> None:
    for region in REGIONS[:2]:
        _write(tmp_path / f"{region}.csv", ROWS, STARTS)
    run = run_dag("deferred_waits", DAY, connections=_share(tmp_path))
    assert run.states == {
        "wait_for_region[0]": "success", "wait_for_region[1]": "success", "wait_for_region[2]": "failed",
        "bytes_by_file": "upstream_failed",
    }  # fmt: skip
    tries = run.tries["wait_for_region[2]"]
    assert tries[1].start - tries[0].end >= timedelta(hours=11, minutes=59)


@pytest.mark.pattern("E15", how="real files")
def test_a_file_that_goes_away_again_is_waited_for_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from common.triggers import file_arrived

    for region in REGIONS[1:]:
        _write(tmp_path / f"{region}.csv", ROWS, STARTS)
    import_module("common.sensors.deferred_file")  # whose own look is not to be replaced
    monkeypatch.setattr(file_arrived, "arrived", lambda _path: True)  # the trigger saw it, nobody else ever does
    run = run_dag("deferred_waits", DAY, connections=_share(tmp_path))
    assert [one.state for one in run.tries["wait_for_region[0]"]] == ["deferred", "up_for_retry", "deferred", "failed"]
    assert run.errors["wait_for_region[0]"].type == "FileNotFoundError"


@pytest.mark.pattern("E15")
def test_the_trigger_is_rebuilt_from_plain_data() -> None:
    from common.triggers.file_arrived import FileArrived

    path, arguments = FileArrived("/share/a.csv", 60).serialize()
    module, _, name = path.rpartition(".")
    again = getattr(import_module(module), name)(**arguments)
    assert again.serialize() == (path, {"path": "/share/a.csv", "poll_seconds": 60})


@pytest.mark.pattern("E15", how="real files")
def test_deferred_waits_ends_as_with_airflow(tmp_path: Path, same_with_airflow: Callable[..., Any]) -> None:
    for region in REGIONS:
        _write(tmp_path / f"{region}.csv", ROWS, STARTS)
    run = same_with_airflow("deferred_waits", DAY, connections=_share(tmp_path))
    assert sum(run.xcom("bytes_by_file").values()) == 3 * len(ROWS)
