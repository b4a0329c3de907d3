from __future__ import annotations

import sys
import traceback
import types

import pytest

from dagcheck.sandbox.seal import sealed, shielded

SECRET = "secret" * 3


def divide(number: int, *, by: int) -> float:
    """A function with something to hide."""
    return number / by if SECRET else 0


def refuse(what: str) -> None:
    """A function with something to hide in its frame."""
    hidden = f"{SECRET} {what}"
    raise PermissionError(what) from ValueError(hidden)


def within(value: object, depth: int = 3) -> list[object]:
    """Everything that attributes lead to, without the classes, which all objects have."""
    found = [value]
    for name in dir(value) if depth else ():
        attribute = getattr(value, name, None)
        if isinstance(attribute, (types.FunctionType, types.CodeType, types.CellType, dict, str)):
            found += within(attribute, depth - 1)
    return found


def test_a_sealed_function_does_as_it_does() -> None:
    assert sealed(divide)(6, by=3) == 2
    with pytest.raises(ZeroDivisionError):
        sealed(divide)(6, by=0)


def test_a_sealed_function_remembers_no_answer() -> None:
    answers: list[list[int]] = [[1], [2]]
    assert (sealed(answers.pop)(), sealed(answers.pop)()) == ([2], [1])


def test_what_can_not_be_hashed_can_be_handed_to_a_sealed_function() -> None:
    assert sealed(sorted)([2, 1]) == [1, 2]


def test_nothing_leads_from_the_sealed_function_to_the_one_within() -> None:
    hidden = sealed(divide)
    assert divide not in within(hidden)
    assert divide.__code__ not in within(hidden)
    assert not hasattr(hidden, "__wrapped__")


def test_what_a_shielded_function_raises_shows_no_frame_of_it() -> None:
    with pytest.raises(PermissionError, match=r"^enough$") as caught:
        shielded(refuse)("enough")
    error = caught.value
    here = sys._getframe()
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame is not here]
    shown = [value for frame in frames for value in frame.f_locals.values()]
    assert [frame.f_code.co_name for frame in frames] == ["call"]
    assert (error.__cause__, error.__context__) == (None, None)
    assert all(refuse not in within(value) for value in shown)


def test_a_shielded_function_that_raises_nothing_returns_nothing() -> None:
    returned: object = shielded(sorted)([1])
    assert returned is None
