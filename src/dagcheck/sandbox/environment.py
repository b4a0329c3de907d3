"""The environment that DAG code sees: an allow-list plus what is configured, nothing else of the machine's."""

from __future__ import annotations

import os
import site
from collections.abc import Mapping
from pathlib import Path

# What an interpreter, its packages and its locale need; no credentials, no AIRFLOW_*, no proxies.
ALLOWED = (
    "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PATH", "PYTHONPATH", "PYTHONHOME",
    "SSL_CERT_DIR", "SSL_CERT_FILE", "SYSTEMROOT", "TZ", "TZDIR", "VIRTUAL_ENV",
)  # fmt: skip


def clean_environment(outside: Mapping[str, str], home: Path, configured: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment for the probe: HOME and TMPDIR below `home`, the user's site-packages kept."""
    kept = {name: value for name, value in outside.items() if name in ALLOWED or name.startswith("LC_")}
    own = {
        "HOME": str(home / "home"),
        "TMPDIR": str(home / "tmp"),
        "PYTHONUSERBASE": site.getuserbase(),  # pip install --user lives below the real HOME
        "PYTHONUNBUFFERED": "1",
        "USER": "dagcheck",
        "LOGNAME": "dagcheck",
    }
    return {**kept, **own, **configured}


def make_home(home: Path) -> None:
    """Create the folders that `clean_environment` names; only this user can enter them."""
    for name in ("home", "tmp", "airflow"):
        os.makedirs(home / name, mode=0o700, exist_ok=True)
