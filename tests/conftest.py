"""Options of the project's own tests."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--hostile-ways",
        choices=("some", "all"),
        default="some",
        help="run the hostile corpus with two workers only, or also with one and under xdist (minutes each)",
    )
