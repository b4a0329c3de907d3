from __future__ import annotations

from dagcheck.errors import ConfigError, UnknownIdError, nearest, unknown


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


def test_an_id_without_its_group_is_like_the_whole_id() -> None:
    assert nearest("extract", ["customers.extract", "other"]) == "customers.extract"


def test_of_many_valid_names_the_first_are_listed() -> None:
    text = unknown("DAG", "zebra", [f"dag_{number:03}" for number in range(100)])
    assert text.endswith("dag_038, dag_039 and 60 more")


def test_an_unknown_id_is_shown_without_the_quotes_of_a_key_error() -> None:
    error = UnknownIdError("there is no 'a'")
    assert (str(error), isinstance(error, KeyError)) == ("there is no 'a'", True)
