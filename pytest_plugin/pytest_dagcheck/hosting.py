"""Tells the library about this session, and clears up after it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from dagcheck import host
from pytest_dagcheck import options

_ENTERED = pytest.StashKey[bool]()
_SHARED = pytest.StashKey[Path]()


def enter(config: pytest.Config) -> None:
    """Say where the session is rooted, what its options are, and what its processes share."""
    shared = getattr(config, "workerinput", {}).get("dagcheck_shared")
    host.enter(
        host.Host(
            rootdir=config.rootpath,
            overrides=options.overrides(config),
            shared=None if shared is None else Path(shared),
        )
    )
    config.stash[_ENTERED] = True


def prepare_airflow(config: pytest.Config) -> None:
    """Give Airflow its throwaway home; raises UsageError if the configuration is wrong."""
    from dagcheck.dagbag import prepare_airflow as prepare
    from dagcheck.errors import ConfigError

    try:
        prepare(config.rootpath)
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from None


def shared_folder(config: pytest.Config) -> Path:
    """Return a folder for the workers of this session, made when the first of them starts."""
    if _SHARED not in config.stash:
        config.stash[_SHARED] = Path(tempfile.mkdtemp(prefix="dagcheck-"))
    return config.stash[_SHARED]


def leave(config: pytest.Config) -> None:
    """Remove what was made, give the environment back and forget the session."""
    if "dagcheck.hooks.shared" in sys.modules:
        from dagcheck.hooks import shared

        shared.stop_all()
    if "dagcheck.dagbag" in sys.modules:
        from dagcheck import dagbag

        dagbag.leave()
    if _SHARED in config.stash:
        shutil.rmtree(config.stash[_SHARED], ignore_errors=True)
    if config.stash.get(_ENTERED, False):
        host.leave()
