"""What a SkipMixin's order is made of."""

from __future__ import annotations

import pytest
from tests.unit.running.conftest import make_graph

from dagcheck.running.attempt import UNMAPPED
from dagcheck.running.orders import order_to_skip
from dagcheck.running.plan import Plan
from dagcheck.running.semantics import Semantics


@pytest.mark.parametrize(
    ("for_all", "index", "now"),
    [
        (False, UNMAPPED, (("b", None),)),
        (False, 1, ()),  # what is below looks back for the order
        (True, 1, (("b", None),)),  # before 2.10
    ],
)
def test_who_is_skipped_at_once_by_a_short_circuit(
    *, for_all: bool, index: int, now: tuple[tuple[str, int | None], ...]
) -> None:
    semantics = Semantics(skip_ends_task=False, skip_of_one_index_is_for_all=for_all)
    order = order_to_skip(Plan(make_graph("a > b"), semantics), index, ["b"])
    assert order is not None
    assert (order.now, order.skipped) == (now, ("b",))
