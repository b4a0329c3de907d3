from __future__ import annotations

import re

import pytest

from dagcheck.hooks.sql import matcher


@pytest.mark.parametrize("same", ["select a from t", "SELECT  a\n  FROM t ;", " Select a From t"])
def test_white_space_case_and_a_closing_semicolon_make_no_difference(same: str) -> None:
    assert matcher("select a from t")(same)


@pytest.mark.parametrize("other", ["select b from t", "select a from t where true", 'select "A" from t'])
def test_another_statement_does_not_match(other: str) -> None:
    assert not matcher('select "a" from t')(other)


def test_case_and_white_space_inside_of_quotes_count() -> None:
    assert matcher("select 'It''s  X'")("SELECT 'It''s  X'")
    assert not matcher("select 'It''s  X'")("select 'it''s  x'")


def test_a_pattern_is_taken_as_it_is() -> None:
    pattern = re.compile("x")
    assert matcher(pattern) is pattern


def test_a_text_is_shown_as_the_test_wrote_it() -> None:
    assert repr(matcher("SELECT 1")) == "'SELECT 1'"
