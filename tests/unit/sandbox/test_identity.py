from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dagcheck.sandbox.identity import addresses


class Liar:
    """Says that it is everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__


@given(st.lists(st.builds(object)), st.data())
def test_the_same_objects_in_the_same_order_have_the_same_addresses(objects: list[Any], data: st.DataObject) -> None:
    others = data.draw(st.permutations(objects))
    same = all(one is other for one, other in zip(objects, others, strict=True))
    assert (addresses(tuple(objects)) == addresses(tuple(others))) is same


def test_an_object_that_says_it_is_equal_is_another_one() -> None:
    assert addresses((Liar(), len)) != addresses((len, len))


def test_one_more_object_is_seen() -> None:
    assert addresses((len,)) != addresses((len, len))
    assert addresses(()) == b""
