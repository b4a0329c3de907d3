from __future__ import annotations

from collections.abc import Iterator

import pytest

from dagcheck.checks import registry
from dagcheck.checks.registry import Check, Settings, all_checks, check
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(registry, "_CHECKS", dict(all_checks()))


def documented(_record: FileRecord, _settings: Settings) -> Iterator[Finding]:
    """A file must have an owner,
    who is reachable.

    Why: nobody else knows
    what it does.

    Fix: name one.

    Bad:
        OWNER = None

        with DAG("etl"):
            pass

    Good:
        OWNER = "etl@example.com"
    """
    yield from ()


def undocumented(_record: FileRecord, _settings: Settings) -> Iterator[Finding]:
    yield from ()


def as_check(function: registry.FileCheck) -> Check:
    return Check(name="owner", level=Level.ERROR, family="Loading", scope="file", run=function)


def test_a_decorated_function_is_found_by_its_name() -> None:
    check("owner", Level.OFF, "Tasks", "file")(documented)
    found = all_checks()["owner"]
    assert (found.name, found.level, found.family, found.scope) == ("owner", Level.OFF, "Tasks", "file")
    assert found.run is documented


def test_a_decorated_function_stays_itself() -> None:
    assert check("owner", Level.ERROR, "Loading", "file")(documented) is documented


def test_a_name_taken_twice_is_refused() -> None:
    check("owner", Level.ERROR, "Loading", "file")(documented)
    with pytest.raises(ValueError, match="two checks are called 'owner'"):
        check("owner", Level.WARNING, "Loading", "file")(undocumented)


def test_a_name_taken_twice_leaves_the_first_check_in_place() -> None:
    check("owner", Level.ERROR, "Loading", "file")(documented)
    with pytest.raises(ValueError, match="owner"):
        check("owner", Level.WARNING, "Loading", "file")(undocumented)
    assert all_checks()["owner"].run is documented


def test_changing_the_returned_checks_changes_no_check() -> None:
    all_checks().clear()
    assert "import-error" in all_checks()


def test_a_summary_is_the_rule_in_one_line_without_its_full_stop() -> None:
    assert as_check(documented).summary == "A file must have an owner, who is reachable"


def test_a_section_that_begins_on_its_title_s_line_is_dedented_text() -> None:
    assert as_check(documented).section("Why") == "nobody else knows\nwhat it does."


def test_a_section_of_code_keeps_its_own_indentation_and_blank_lines() -> None:
    assert as_check(documented).section("Bad") == 'OWNER = None\n\nwith DAG("etl"):\n    pass'


def test_the_last_section_reaches_to_the_end() -> None:
    assert as_check(documented).section("Good") == 'OWNER = "etl@example.com"'


def test_a_section_that_is_not_there_is_empty() -> None:
    assert as_check(undocumented).section("Why") == ""


def test_a_check_without_a_docstring_has_no_summary() -> None:
    assert as_check(undocumented).summary == ""
