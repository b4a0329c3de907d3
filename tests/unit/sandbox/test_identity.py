from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dagcheck.sandbox.identity import addresses, place_of_version, versions


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


def _version(place: int) -> bytes | None:
    return versions([place])[0]


_CHANGES = st.one_of(
    st.tuples(st.just("set"), st.sampled_from("abc"), st.integers(0, 3)),
    st.tuples(st.sampled_from(["get", "delete"]), st.sampled_from("abc"), st.none()),
)


@given(st.lists(_CHANGES))
def test_the_same_version_means_the_same_content(changes: list[tuple[str, str, Any]]) -> None:
    module = ModuleType("library")
    place = place_of_version(module.__dict__)
    seen = {_version(place): dict(module.__dict__)}
    for kind, name, value in changes:
        if kind == "set":
            setattr(module, name, value)
        elif kind == "delete" and name in module.__dict__:
            delattr(module, name)
        else:
            module.__dict__.get(name)
        assert seen.setdefault(_version(place), dict(module.__dict__)) == module.__dict__


def test_a_dictionary_that_is_only_read_keeps_its_version() -> None:
    one = {"a": 1}
    place = place_of_version(one)
    before = _version(place)
    assert before is not None  # CPython 3.10 to 3.13
    assert [*one, *one.values(), one["a"]] == ["a", 1, 1]
    assert _version(place) == before


def test_each_change_has_a_version_of_its_own() -> None:
    one: dict[str, object] = {"a": 1}
    place = place_of_version(one)
    seen = [_version(place)]
    changes: list[Callable[[], object]] = [lambda: one.update(a=2), lambda: one.update(b=1), one.popitem, one.clear]
    for change in changes:
        change()
        seen.append(_version(place))
    assert len(set(seen)) == len(seen)
