from __future__ import annotations

from dagcheck.errors import ConfigError, nearest, unknown


def test_one_problem_is_shown_as_it_is() -> None:
    assert str(ConfigError("a")) == "a"


def test_several_problems_are_a_list() -> None:
    error = ConfigError("a", "b")
    assert str(error) == "2 problems in the configuration:\n- a\n- b"
    assert error.problems == ("a", "b")


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    assert nearest("Parse-Netwrok", ["parse-network", "parse-slow"]) == "parse-network"
    assert nearest("zebra", ["parse-network"]) is None


def test_an_unknown_name_is_told_with_all_valid_ones() -> None:
    assert unknown("key", "tmeout", ["workers", "timeout"]) == (
        "unknown key 'tmeout'; did you mean 'timeout'? Valid: timeout, workers"
    )
    assert unknown("key", "zebra", ["workers"]) == "unknown key 'zebra'. Valid: workers"
