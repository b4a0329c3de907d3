"""What ruff, where it is installed beside dagcheck, finds in the DAG files by the rules that matter to DAGs.

`noqa` comments, `per-file-ignores` and `exclude` of the project's own configuration hold.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet

from dagcheck.errors import ConfigError
from dagcheck.findings import Finding, printable_line

_SUITABLE = SpecifierSet(">=0.13")  # the first with the rules of Airflow 3 out of preview
_AT_ONCE = 500  # files of one call: a command line is not endless
_FINE = (0, 1)  # nothing found, something found


def available() -> bool:
    """Tell whether ruff is installed in this environment, and knows the rules."""
    if importlib.util.find_spec("ruff") is None:
        return False
    try:
        return _SUITABLE.contains(metadata.version("ruff"), prereleases=True)
    except metadata.PackageNotFoundError:
        return False


def find(paths: Mapping[str, str], codes: Collection[str], rootdir: Path) -> Iterator[Finding]:
    """Yield a finding for each thing that ruff finds; `paths` has the absolute path of each file by the name shown.

    Raises ConfigError where ruff itself fails, as it does for a wrong configuration of its own.
    """
    names = {path: name for name, path in paths.items() if path.endswith(".py")}
    if not names or not codes or not available():
        return
    rest = iter(names)
    while some := list(itertools.islice(rest, _AT_ONCE)):
        for found in _check(some, codes, rootdir):
            file = names.get(found["filename"])
            if file is not None and found["code"] in codes:
                yield _finding(file, found)


def _check(paths: Sequence[str], codes: Collection[str], rootdir: Path) -> list[dict[str, Any]]:
    options = ["--no-cache", "--force-exclude", "--output-format=json", f"--select={','.join(sorted(codes))}"]
    program = importlib.import_module("ruff").find_ruff_bin()
    command = [program, "check", *options, "--", *paths]
    done = subprocess.run(  # noqa: S603 -- our own command, ruff of this environment
        command, cwd=rootdir, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode not in _FINE:
        raise ConfigError(f"ruff failed: {printable_line(done.stderr.strip())[-500:]}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _finding(file: str, found: dict[str, Any]) -> Finding:
    code, fix = found["code"], found.get("fix")
    unsafe = " --unsafe-fixes" if fix and fix.get("applicability") != "safe" else ""
    repair = f"`ruff check --select {code} --fix{unsafe} {file}`"
    return Finding(
        check=code,
        file=file,
        line=found["location"]["row"],
        what=printable_line(found["message"]),
        why=printable_line((fix or {}).get("message") or ""),
        fix=repair if fix else f"`ruff rule {code}` tells what to do",
    )
