"""Says what the tests of a CI lane came to, from pytest's JUnit files, and whether that is good enough.

A lane is green only if nothing failed, nothing was skipped and at least as many tests ran as the floor says: a
broken collection or a forgotten folder must not pass for success.

    python tools/lane_report.py --floor 120 py312-airflow33.xml
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET


@dataclass(frozen=True, slots=True)
class Tally:
    """Test cases by outcome; an error in set-up or teardown is a failure, an expected failure a skip."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def count(file: Path) -> Tally:
    """Tally one JUnit file; raises OSError or ParseError if there is none or it is cut off."""
    total = Tally()
    for case in ET.parse(file).iter("testcase"):  # noqa: S314 - our own pytest wrote it
        outcomes = {child.tag for child in case}
        if outcomes & {"failure", "error"}:
            total += Tally(failed=1)
        elif "skipped" in outcomes:
            total += Tally(skipped=1)
        else:
            total += Tally(passed=1)
    return total


def complaints(total: Tally, floor: int) -> Iterator[str]:
    """Yield the reasons why this tally is not good enough."""
    if total.failed:
        yield f"{total.failed} failed"
    if total.skipped:
        yield f"{total.skipped} skipped: a test that does not run proves nothing"
    if total.passed < floor:
        yield f"only {total.passed} passed, at least {floor} must"


def main(words: Sequence[str]) -> int:
    """Print the tally as the last line; returns 1 if there is anything to complain of."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JUnit XML")
    parser.add_argument("--floor", type=int, default=1, metavar="N", help="how many must pass, in all files together")
    options = parser.parse_args(words)
    try:
        total = sum(map(count, options.files), Tally())
    except (OSError, ET.ParseError) as error:
        print(f"no usable JUnit file: {error}", file=sys.stderr)
        return 1
    found = list(complaints(total, options.floor))
    print(*found, total, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
