from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.errors import ConfigError
from dagcheck.shard import Shard, parse

PATHS = st.text(st.characters(blacklist_characters="\0"), min_size=1)
COUNTS = st.integers(1, 50)


@given(PATHS, COUNTS)
def test_every_path_is_in_exactly_one_shard(path: str, count: int) -> None:
    assert [Shard(index, count).holds(path) for index in range(1, count + 1)].count(True) == 1


@given(COUNTS, st.data())
def test_what_is_shown_can_be_parsed(count: int, data: st.DataObject) -> None:
    shard = Shard(data.draw(st.integers(1, count)), count)
    assert parse(str(shard)) == shard


def test_the_share_of_a_path_never_changes() -> None:
    held = {
        path: next(i for i in range(1, 6) if Shard(i, 5).holds(path)) for path in ("dags/a.py", "dags/b.py", "c.py")
    }
    assert held == {"dags/a.py": 1, "dags/b.py": 1, "c.py": 5}  # sha256sum


def test_two_ways_to_write_a_path_are_in_the_same_shard() -> None:
    assert all(Shard(index, 9).holds("./dags//a.py") == Shard(index, 9).holds("dags/a.py") for index in range(1, 10))


def test_shares_are_about_equal() -> None:
    files = [f"dags/team_{number % 7}/dag_{number}.py" for number in range(2000)]
    sizes = [sum(map(Shard(index, 4).holds, files)) for index in range(1, 5)]
    assert sum(sizes) == 2000
    assert min(sizes) > 400


@pytest.mark.parametrize("text", ["", "2", "0/3", "4/3", "-1/3", "1/0", "a/b", "1/2/3", "1.0/2", "\u0661/2"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match="--dagcheck-shard: expected K/N with K from 1 to N, such as 2/5, got "):
        parse(text)
