r"""Writes one constraints file for an Airflow version from one resolution per Python version.

Airflow publishes constraints per Python version, at an address that not everybody reaches. Here `uv pip compile`
resolves the same requirements for each Python as the index stood on one day, and the results are merged: a pin
carries an environment marker only where the Python versions disagree.

    python tools/make_constraints.py --cut 2026-09-19 --output constraints/airflow-3.3.txt \
        apache-airflow==3.3.2 "pytest>=8" pytest-xdist
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

PYTHONS = ("3.10", "3.11", "3.12", "3.13")

Pins = Mapping[str, str]
"""Version by package name."""


class ResolutionError(Exception):
    """No set of packages meets the requirements; the message is uv's own."""


def resolve(requirements: Sequence[str], python: str, cut: str, lifted: Sequence[str] = ()) -> Pins:
    """Return the pins for one Python version from packages uploaded up to `cut`.

    `lifted` holds `PACKAGE=DATE` entries, packages with a cut of their own. Raises ResolutionError.
    """
    command = ["uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-config"]
    command += ["--python-version", python, "--exclude-newer", cut]
    command += [word for entry in lifted for word in ("--exclude-newer-package", entry)]
    try:
        done = subprocess.run(
            [*command, "-"], input="\n".join(requirements), capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise ResolutionError("uv is not on PATH (pip install uv)") from error
    if done.returncode:
        raise ResolutionError(f"Python {python}: {done.stderr.strip()}")
    return parse_pins(done.stdout)


def parse_pins(text: str) -> Pins:
    """Read `name==version` lines; comments and extras are dropped, as pip allows neither extras nor URLs here."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    pairs = (line.split("==", 1) for line in lines if line)
    return {re.sub(r"\[.*\]", "", name): version.split(";")[0].strip() for name, version in pairs}


def merge(resolutions: Mapping[str, Pins]) -> Iterator[str]:
    """Yield the lines of one constraints file; `resolutions` maps Python versions, oldest first, to their pins."""
    for package in sorted(set().union(*resolutions.values())):
        versions = {python: pins[package] for python, pins in resolutions.items() if package in pins}
        runs = list(_runs(versions))
        for index, (version, _) in enumerate(runs):
            marker = _marker(runs[index][1] if index else None, runs[index + 1][1] if runs[index + 1 :] else None)
            yield f"{package}=={version}{marker}"


def _runs(versions: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each version of a package with the first Python that takes it."""
    previous = None
    for python, version in versions.items():
        if version != previous:
            yield version, python
        previous = version


def _marker(since: str | None, until: str | None) -> str:
    bounds = [f'python_version >= "{since}"' if since else "", f'python_version < "{until}"' if until else ""]
    text = " and ".join(filter(None, bounds))
    return f" ; {text}" if text else ""


def render(resolutions: Mapping[str, Pins], cut: str, requirements: Sequence[str]) -> str:
    """Return the text of the file: a comment that says how it came about, and the pins."""
    header = [
        f"# The index as it stood at the end of {cut}, resolved for Python {', '.join(resolutions)} on Linux.",
        "# Made by tools/make_constraints.py for:",
        *(f"#   {requirement}" for requirement in requirements),
    ]
    return "\n".join([*header, *merge(resolutions), ""])


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("requirements", nargs="+", metavar="REQUIREMENT")
    parser.add_argument("--cut", required=True, metavar="DATE", help="take no package uploaded after this day")
    parser.add_argument(
        "--lift", action="append", default=[], metavar="PACKAGE=DATE", help="another cut for one package, repeatable"
    )
    parser.add_argument(
        "--python",
        action="append",
        metavar="VERSION",
        help=f"repeatable, oldest first; default: {' '.join(PYTHONS)}",
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Run the tool; returns its exit status."""
    options = _arguments(words)
    pythons: list[str] = options.python or list(PYTHONS)
    try:
        resolutions = {python: resolve(options.requirements, python, options.cut, options.lift) for python in pythons}
    except ResolutionError as error:
        print(error, file=sys.stderr)
        return 1
    text = render(resolutions, options.cut, options.requirements)
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
