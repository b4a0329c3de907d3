"""`--dagcheck-list`, `--dagcheck-explain` and `--dagcheck-doctor`: print and exit."""

from __future__ import annotations

import shutil
import sys

import pytest
from _pytest.config import create_terminal_writer

from dagcheck import doctor
from dagcheck.checks.registry import all_checks
from dagcheck.config import Config, load
from dagcheck.errors import ConfigError
from dagcheck.explain import explain, listing
from dagcheck.reports import terminal
from dagcheck.sandbox.namespaces import available
from pytest_dagcheck import options


def answer(config: pytest.Config) -> int:
    """Print what was asked for and return the exit status; raises UsageError on a wrong name or configuration."""
    writer = create_terminal_writer(config, sys.stdout)  # the reporter does not exist yet
    width = min(shutil.get_terminal_size().columns, 120) if sys.stdout.isatty() else 160
    if config.getoption("dagcheck_doctor"):
        text = terminal.sections(_examine(config), width, colour=writer.hasmarkup)
    else:
        text = _about_checks(config, width, colour=writer.hasmarkup)
    writer.line(text)
    return 0


def _about_checks(config: pytest.Config, width: int, *, colour: bool) -> str:
    checks = all_checks()
    try:
        if name := config.getoption("dagcheck_explain"):
            return terminal.explanation(explain(name, checks), width, colour=colour)
        settings = load(config.rootpath, options.overrides(config), checks)
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from None
    return terminal.check_table(listing(checks, settings.level_of), width, colour=colour)


def _examine(config: pytest.Config) -> list[tuple[str, list[tuple[str, str]]]]:
    """A doctor must not die of the illness: a wrong configuration is part of the report."""
    settings: Config | ConfigError
    try:
        settings = load(config.rootpath, options.overrides(config), all_checks())
    except ConfigError as error:
        settings = error
    powers = available()
    shown = {
        "PID namespace": _yes(powers.processes),
        "network namespace": _yes(powers.network),
        "mount namespace": _yes(powers.files),
    }
    return doctor.report(settings, rootdir=config.rootpath, powers=shown, pytest_version=pytest.__version__)


def _yes(power: bool) -> str:  # noqa: FBT001 - one word for one fact
    return "yes" if power else "no (the kernel or container does not offer it; audit hook and process groups are used)"
