from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository

_TEST = """
    from hypothesis import given

    from dagcheck.strategies import logical_dates, scheduled_dates


    class TestDates:
        @given(when=scheduled_dates("orders", "2024-01-01", "2026-12-31"))
        def test_run(self, when):
            assert when.logical_date.isoweekday() != 2

        @given(when=logical_dates("2024-01-01", "2026-12-31", "Europe/Berlin"))
        def test_moment(self, when):
            assert when.isoweekday() != 2

        @given(when=scheduled_dates("order", "2024-01-01", "2026-12-31"))
        def test_misspelt(self, when): ...
"""


def test_dates_are_drawn_by_the_id_of_a_dag_and_shrink_to_the_earliest_that_fails(repository: Repository) -> None:
    repository.without = ()  # as users have it: with the plugin of Hypothesis
    repository.dag("dags/orders.py", "orders")
    repository.write("tests/test_dates.py", _TEST)
    run = repository.pytest("tests")
    shown = re.findall(r"^E +when=(.*?), data_interval|^E +when=(.*),$", run.text, re.MULTILINE)
    assert [first or second for first, second in shown] == [
        "RunDate(logical_date=datetime.datetime(2024, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)",
        "datetime.datetime(2024, 1, 2, 0, 0, tzinfo=zoneinfo.ZoneInfo(key='Europe/Berlin'))",
    ]
    assert "did you mean 'orders'?" in run.text
    assert set(run.outcomes.values()) == {"FAILED"}
