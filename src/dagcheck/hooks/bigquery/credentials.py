"""A service account that nobody has: every Google library takes it, and it is good at our own server alone."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

TOKEN_PATH = "/token"  # noqa: S105 -- a path


@contextmanager
def key_file(project: str, address: str) -> Iterator[Path]:
    """Yield a file as GOOGLE_APPLICATION_CREDENTIALS names one; its tokens come from `address`."""
    key = {
        "type": "service_account",
        "project_id": project,
        "private_key_id": "dagcheck",
        "private_key": _private_key(),
        "client_email": f"dagcheck@{project}.iam.gserviceaccount.com",
        "client_id": "0",
        "token_uri": address + TOKEN_PATH,
        "universe_domain": "googleapis.com",
    }
    with tempfile.TemporaryDirectory(prefix="dagcheck-bigquery-") as folder:
        path = Path(folder) / "key.json"
        path.write_text(json.dumps(key), encoding="utf-8")
        yield path


@cache
def _private_key() -> str:
    """Return a new key of RSA, one for the process; made here, so that none is ever in a repository."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 -- quick to make; it guards nothing
    text: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return text.decode()
