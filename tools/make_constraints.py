r"""Writes the constraints files of Airflow versions, each from one resolution per Python version.

Airflow publishes constraints per Python version, at an address that not everybody reaches. Here `uv pip compile`
resolves the same requirements for each Python as the index stood on one day, and the results are merged: a pin
carries an environment marker only where the Python versions disagree. What is resolved stands in
constraints/matrix.toml and pyproject.toml. The test libraries may be newer than that day; one that is older than it
could be needs its reason in matrix.toml.

    python tools/make_constraints.py 3.3        # or several; without any, all of them

`oldest` has the lowest versions that pyproject.toml allows of what dagcheck itself names, beside the oldest Airflow.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from airflow_matrix import FILE, Matrix, Minor, read

PROJECT = FILE.parents[1] / "pyproject.toml"
EXTRAS = ("airflow", "bigquery", "mocks", "reference", "test")
OLDEST = "oldest"

Pins = Mapping[str, str]
"""Version by package name."""


class ResolutionError(Exception):
    """No set of packages meets the requirements; the message is uv's own, or what matrix.toml has to say of it."""


def resolve(requirements: Sequence[str], python: str, cut: str, more: Sequence[str] = ()) -> Pins:
    """Return the pins for one Python version from packages uploaded up to the day `cut`.

    `more` are further words for `uv pip compile`. Raises ResolutionError.
    """
    command = ["uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-config"]
    command += ["--python-version", python, "--exclude-newer", cut, *more, "-"]
    try:
        done = subprocess.run(command, input="\n".join(requirements), capture_output=True, text=True, check=False)
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


def resolve_minor(matrix: Matrix, minor: Minor) -> dict[str, Pins]:
    """Return the pins by Python version."""
    requirements = [*minor.requirements, *matrix.test_libraries]
    return {python: resolve(requirements, python, minor.cut, _project(matrix)) for python in minor.pythons}


def _project(matrix: Matrix) -> list[str]:
    lifted = [f"{_name(library)}={matrix.test_cut}" for library in (*matrix.test_libraries, *matrix.test_needs)]
    return [str(PROJECT), *_each("--extra", EXTRAS), *_each("--exclude-newer-package", lifted)]


def old_ones(matrix: Matrix, resolutions: Mapping[str, Pins]) -> dict[str, str]:
    """Return the test libraries that are older than beside no Airflow at all, as `1.0 (there is 2.0)`."""
    found = {}
    for python, pins in resolutions.items():
        newest = resolve(matrix.test_libraries, python, matrix.test_cut)
        for name in map(_name, matrix.test_libraries):
            if pins[name] != newest[name]:
                found[name] = f"{pins[name]} (there is {newest[name]})"
    return found


def reasons(minor: Minor, old: Mapping[str, str]) -> list[str]:
    """Return a line for each old test library; raises ResolutionError unless matrix.toml has reasons for just these."""
    if wrong := sorted(old.keys() ^ minor.held.keys()):
        listed = ", ".join(f"{name} {old.get(name, 'is as new as it can be')}" for name in wrong)
        raise ResolutionError(f"Airflow {minor.name}: `held` in {FILE.name} needs a reason for each old one: {listed}")
    return [f"{name} {versions}: {minor.held[name]}" for name, versions in sorted(old.items())]


def render(resolutions: Mapping[str, Pins], matrix: Matrix, minor: Minor, held: Sequence[str]) -> str:
    """Return the text of the file: a comment that says how it came about, and the pins."""
    header = [
        f"# Airflow {minor.name} on Python {', '.join(resolutions)} (Linux), made by tools/make_constraints.py.",
        f"# The index as it stood at the end of {minor.cut}; for test libraries, of {matrix.test_cut}. Resolved:",
        *(f"#   {one}" for one in (f"dagcheck[{','.join(EXTRAS)}]", *minor.requirements, *matrix.test_libraries)),
        *(["# Test libraries that are older than they could be:"] if held else []),
        *(f"#   {line}" for line in held),
    ]
    return "\n".join([*header, *merge(resolutions), ""])


def make(matrix: Matrix, minor: Minor) -> str:
    """Return the constraints file of one version; raises ResolutionError."""
    resolutions = resolve_minor(matrix, minor)
    return render(resolutions, matrix, minor, reasons(minor, old_ones(matrix, resolutions)))


def make_oldest(matrix: Matrix) -> str:
    """Return the constraints file of the lowest versions; Airflow and its providers are those of its own file."""
    minor = next(iter(matrix.minors.values()))
    python = minor.pythons[0]
    own = parse_pins((FILE.parent / f"airflow-{minor.name}.txt").read_text(encoding="utf-8"))
    airflow = [f"{name}=={version}" for name, version in own.items() if name.startswith("apache-airflow")]
    pins = resolve(airflow, python, minor.cut, [*_project(matrix), "--resolution", "lowest-direct"])
    header = [
        f"# The lowest of what dagcheck[{','.join(EXTRAS)}] names, beside Airflow {minor.name} on Python {python};",
        f"# all else as it stood at the end of {minor.cut}. Made by tools/make_constraints.py.",
    ]
    return "\n".join([*header, *merge({python: pins}), ""])


def _each(option: str, values: Sequence[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


def _name(requirement: str) -> str:
    return requirement.partition("[")[0]


def main(words: Sequence[str]) -> int:
    """Run the tool; returns its exit status."""
    matrix = read()
    known = [*matrix.minors, OLDEST]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("versions", nargs="*", metavar="VERSION", help=f"of {', '.join(known)}")
    parser.add_argument("--folder", type=Path, default=FILE.parent, metavar="FOLDER", help="default: constraints")
    options = parser.parse_args(words)
    if unknown := set(options.versions).difference(known):
        parser.error(f"not in {FILE.name}: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for name in options.versions or known:
        try:
            text = make_oldest(matrix) if name == OLDEST else make(matrix, matrix.minors[name])
        except ResolutionError as error:
            print(error, file=sys.stderr)
            return 1
        stem = OLDEST if name == OLDEST else f"airflow-{name}"
        (options.folder / f"{stem}.txt").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
